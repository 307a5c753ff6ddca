/// What a node notes of the trail in a file of its own, where nobody reaches it who owns the database alone.
public struct AuditAnchor: Sendable, Hashable {
    /// The head it left.
    public let head: ChainHead
    /// Number of the event with which signing began; `nil` when nothing is signed.
    public let signedSince: Int64?

    private static let words = "signed since "

    /// What is known of a trail.
    public init(head: ChainHead, signedSince: Int64? = nil) {
        self.head = head
        self.signedSince = signedSince
    }

    /// Reads the text of a file; `nil` for anything that ``text`` does not write.
    init?(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard (1...2).contains(lines.count), let head = ChainHead(String(lines[0])) else { return nil }
        self.head = head
        guard lines.count == 2 else {
            signedSince = nil
            return
        }
        guard lines[1].hasPrefix(Self.words), let number = Int64(lines[1].dropFirst(Self.words.count)), number > 0
        else {
            return nil
        }
        signedSince = number
    }

    /// A line with the head, and one with the number where signing began.
    var text: String { "\(head)\n" + (signedSince.map { "\(Self.words)\($0)\n" } ?? "") }
}
