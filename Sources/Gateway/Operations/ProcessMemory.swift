import Glibc

/// How the C library keeps memory that was freed.
enum ProcessMemory {
    /// Blocks from this size on are mapped for themselves and given back at once.
    private static let mapped: CInt = 4 << 20
    /// Free memory at the end of a heap, of which each thread has one, that is kept.
    private static let kept: CInt = 16 << 20

    /// Keeps the memory of answers for the answers to come. By default the system gets it back after each one, and maps it
    /// and fills it with zeros again for the next.
    static func keepFreed() {
        mallopt(M_MMAP_THRESHOLD, mapped)
        mallopt(M_TRIM_THRESHOLD, kept)
    }
}
