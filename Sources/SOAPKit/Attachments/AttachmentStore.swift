public import NIOCore

/// Where the bytes of attachments go while they arrive, which may be before the envelope has been read.
///
/// Whatever a request staged is given to ``discard(_:)`` when the request ends, after success as after failure. A store
/// that has adopted an attachment by then (kept it for good) ignores it there.
public protocol AttachmentStore<Attachment>: Sendable {
    /// A finished attachment, as the operations see it.
    associatedtype Attachment: Sendable
    /// Takes the bytes of one attachment.
    associatedtype Receiver: AttachmentReceiver where Receiver.Attachment == Attachment

    /// Begins an attachment.
    /// - Parameter mediaType: the `Content-Type` of its part, as written.
    func receive(mediaType: String?) async throws -> Receiver

    /// Lets go of attachments. Idempotent; does nothing for adopted ones.
    func discard(_ attachments: [Attachment]) async
}

/// Takes the bytes of one attachment, in order. Ends with either ``finish()`` or ``abandon()``, once.
public protocol AttachmentReceiver {
    /// The finished attachment.
    associatedtype Attachment: Sendable

    /// Takes the next bytes, already decoded. Waits while the store is busy, which slows the sender down.
    mutating func receive(_ bytes: ByteBuffer) async throws

    /// All bytes are there.
    mutating func finish() async throws -> Attachment

    /// The rest will not come.
    mutating func abandon() async
}
