/// What is wrong with the audit trail, and where.
public enum AuditFinding: Sendable, Hashable, CustomStringConvertible {
    /// The hash of an event does not follow from its content and the event before.
    case brokenLink(Int64)
    /// Events are missing.
    case missing(from: Int64, to: Int64)
    /// The form of a row is unknown to this version.
    case unknownFormat(Int64)
    /// The chain does not lead to the hash that was signed: the events since the checkpoint before were written anew.
    case rewritten(from: Int64, to: Int64)
    /// A checkpoint is not signed by the key it names.
    case falseSignature(Int64)
    /// A checkpoint is signed by a key that was not given as trusted.
    case unknownKey(Int64, fingerprint: String)
    /// Checkpoints are missing.
    case missingCheckpoint(before: Int64)
    /// Events up to this number were removed, and no event of the trail says that they were past their retention.
    case removedWithoutRecord(upTo: Int64)
    /// The trail ends before a head that is known from elsewhere.
    case cutOff(after: Int64, known: Int64, by: Witness)
    /// An event stands behind the head of the chain, where no writer puts one.
    case behindHead(Int64)
    /// Another hash is known for an event.
    case contradicted(Int64, by: Witness)

    /// From where a head is known.
    public enum Witness: String, Sendable {
        case checkpoint = "a signed checkpoint"
        case head = "the head of the chain"
        case anchor = "the file in which the daemon notes the head"
        case forwarding = "the position of forwarding"
        case expectation = "the head given with --expect"
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .brokenLink(let number):
            "event \(number): its hash does not follow from its content and event \(number - 1): it was changed, inserted or "
                + "moved, or event \(number - 1) was changed together with its hash"
        case .missing(let from, let to):
            from == to ? "event \(from) is missing" : "events \(from) to \(to) are missing"
        case .unknownFormat(let number):
            "event \(number): the row is of a form that this version does not know"
        case .rewritten(let from, let to):
            "events \(from) to \(to): the chain does not lead to the hash signed at \(to): events among them were changed and "
                + "the hashes after them computed anew"
        case .falseSignature(let number):
            "checkpoint \(number): its signature is not that of the key it names"
        case .unknownKey(let number, let fingerprint):
            "checkpoint \(number): signed by a key that is not trusted, \(fingerprint)"
        case .missingCheckpoint(let number):
            "checkpoint \(number): the one before it is missing"
        case .removedWithoutRecord(let number):
            "events up to \(number) were removed, but no event records it"
        case .cutOff(let last, let known, let witness):
            "the trail was cut off: it ends with event \(last), but \(witness.rawValue) knows event \(known)"
        case .behindHead(let number):
            "event \(number) was inserted: it stands behind the head of the chain"
        case .contradicted(let number, let witness):
            "event \(number): its hash is not the one that \(witness.rawValue) has"
        }
    }
}
