/// The three arrays libpq takes for parameters and the one for their types, used again for every query of a thread.
final class ParameterArrays {
    private(set) var values: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private(set) var lengths: UnsafeMutablePointer<CInt>
    private(set) var formats: UnsafeMutablePointer<CInt>
    private(set) var types: UnsafeMutablePointer<UInt32>
    private var capacity = 0

    /// Arrays without room.
    init() {
        values = .allocate(capacity: 0)
        lengths = .allocate(capacity: 0)
        formats = .allocate(capacity: 0)
        types = .allocate(capacity: 0)
    }

    deinit {
        deallocate()
    }

    /// Fills the arrays; the pointers are good as long as `bytes` is.
    func fill(_ entries: [PostgresBindings.Entry], bytes: UnsafeBufferPointer<CChar>, empty: UnsafePointer<CChar>) {
        reserve(entries.count)
        var offset = 0
        for (index, entry) in entries.enumerated() {
            let length = max(0, Int(entry.length))
            // A value of no bytes needs an address all the same: NULL is the null value.
            let start = bytes.baseAddress.map { $0 + offset } ?? empty
            (values + index).initialize(to: entry.length < 0 ? nil : start)
            (lengths + index).initialize(to: CInt(truncatingIfNeeded: length))
            (formats + index).initialize(to: 1)
            (types + index).initialize(to: entry.type.rawValue)
            offset += length
        }
    }

    private func reserve(_ count: Int) {
        guard count > capacity else { return }
        deallocate()
        capacity = max(count, 16, capacity * 2)
        values = .allocate(capacity: capacity)
        lengths = .allocate(capacity: capacity)
        formats = .allocate(capacity: capacity)
        types = .allocate(capacity: capacity)
    }

    private func deallocate() {
        values.deallocate()
        lengths.deallocate()
        formats.deallocate()
        types.deallocate()
    }
}
