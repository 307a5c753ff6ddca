import Synchronization

/// Everything one request has put into its store, so that the end of the request finds it all.
final class StagedAttachments<Attachment: Sendable>: Sendable {
    private let staged = Mutex<[Attachment]>([])

    func append(_ attachment: Attachment) {
        staged.withLock { $0.append(attachment) }
    }

    /// Gives what was staged, and forgets it.
    func takeAll() -> [Attachment] {
        staged.withLock { attachments in
            defer { attachments = [] }
            return attachments
        }
    }
}
