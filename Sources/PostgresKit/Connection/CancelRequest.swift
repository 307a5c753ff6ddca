import CLibPQ

/// A request to the server to stop what a session runs.
///
/// `@unchecked Sendable`: owns a copy of the session's key that libpq made for use by another thread; it is sent by
/// one thread and freed once.
final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer

    /// A request for the session of a connection; `nil` when it has none.
    init?(_ connection: OpaquePointer) {
        guard let handle = PQgetCancel(connection) else { return nil }
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Sends the request and waits until the server took it. Blocks. A request that cannot be delivered is like one
    /// that came too late: the statement ends by itself or by `statement_timeout`.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(handle, &message, CInt(message.count))
    }
}
