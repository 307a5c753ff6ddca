public import NIOCore

/// The store of endpoints whose operations take no attachments: it refuses the first one.
public struct NoAttachments: AttachmentStore {
    /// There are none.
    public typealias Attachment = Never

    /// Never made.
    public struct Receiver: AttachmentReceiver {
        private let never: Never

        /// Never called.
        public mutating func receive(_ bytes: ByteBuffer) async throws {}
        /// Never called.
        public mutating func finish() async throws -> Never { never }
        /// Never called.
        public mutating func abandon() async {}
    }

    /// Makes the store.
    public init() {}

    /// Refuses with a Sender fault.
    public func receive(mediaType: String?) async throws -> Receiver {
        throw SOAPFault.sender("This address takes no attachments; the message has a MIME part besides the envelope.")
    }

    /// Does nothing.
    public func discard(_ attachments: [Never]) async {}
}
