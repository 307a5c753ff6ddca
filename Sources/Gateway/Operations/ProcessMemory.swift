import Glibc

/// How the C library keeps memory that was freed.
enum ProcessMemory {
    /// Parameters of `mallopt`, as in glibc's `malloc.h`, a header that Swift's module of the C library leaves out.
    private enum Parameter: CInt {
        /// Free memory at the end of a heap, of which each thread has one, that is kept.
        case trimThreshold = -1
        /// The size from which on a block is mapped for itself and given back at once.
        case mapThreshold = -3
    }

    /// Keeps the memory of answers for the answers to come. By default the system gets it back after each one, and maps it
    /// and fills it with zeros again for the next. Another C library than glibc has its own ways and is left alone.
    static func keepFreed() {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: (@convention(c) (CInt, CInt) -> CInt).self)
        _ = set(Parameter.mapThreshold.rawValue, 4 << 20)
        _ = set(Parameter.trimThreshold.rawValue, 16 << 20)
    }
}
