/// What is wrong with the audit trail, and where.
public enum AuditFinding: Sendable, Hashable, CustomStringConvertible {
    /// The hash of an event does not follow from its content and the event before.
    case brokenLink(Int64)
    /// Events are missing.
    case missing(from: Int64, to: Int64)
    /// The form of a row is unknown to this version.
    case unknownFormat(Int64)
    /// The chain does not lead to the hash that was signed: the events of the segment, or of the batches, were written anew.
    case rewritten(from: Int64, to: Int64)
    /// A checkpoint is not signed by the key it names.
    case falseSignature(Int64)
    /// A checkpoint is signed by a key that was not given as trusted.
    case unknownKey(Int64, fingerprint: String)
    /// Events belong to no signed batch, though the trail was signed already: no node wrote them.
    case unsigned(from: Int64, to: Int64)
    /// The batches of events are not signed by the keys they name.
    case falseBatch(from: Int64, to: Int64)
    /// The batches of events are signed by a key that was not given as trusted.
    case foreignBatch(from: Int64, to: Int64, fingerprint: String)
    /// Checkpoints are missing.
    case missingCheckpoint(before: Int64)
    /// Events up to this number were removed, and no event of the trail says that they were past their retention.
    case removedWithoutRecord(upTo: Int64)
    /// Events up to this number were removed before they had been kept as long as they must be.
    case removedTooEarly(upTo: Int64)
    /// The trail ends before a head that is known from elsewhere.
    case cutOff(after: Int64, known: Int64, by: Witness)
    /// An event stands behind the head of the chain, where no writer puts one.
    case behindHead(Int64)
    /// Another hash is known for an event.
    case contradicted(Int64, by: Witness)

    /// From where a head is known.
    public enum Witness: String, Sendable {
        case checkpoint = "a signed checkpoint"
        case batch = "a signed batch"
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
        case .unsigned(let from, let to):
            "\(Self.events(from, to)) not written by a key of this network"
        case .falseBatch(let from, let to):
            "\(Self.events(from, to)) not signed by the key that is named for them"
        case .foreignBatch(let from, let to, let fingerprint):
            "\(Self.events(from, to)) signed by a key that is not trusted, \(fingerprint)"
        case .missingCheckpoint(let number):
            "checkpoint \(number): the one before it is missing"
        case .removedWithoutRecord(let number):
            "events up to \(number) were removed, but no event records it"
        case .removedTooEarly(let number):
            "events up to \(number) were removed, but they are not past their retention"
        case .cutOff(let last, let known, let witness):
            "the trail was cut off: it ends with event \(last), but \(witness.rawValue) knows event \(known)"
        case .behindHead(let number):
            "event \(number) was inserted: it stands behind the head of the chain"
        case .contradicted(let number, let witness):
            "event \(number): its hash is not the one that \(witness.rawValue) has"
        }
    }

    /// The subject of a sentence about events, with its verb in the past.
    private static func events(_ from: Int64, _ to: Int64) -> String {
        from == to ? "event \(from) was" : "events \(from) to \(to) were"
    }
}
