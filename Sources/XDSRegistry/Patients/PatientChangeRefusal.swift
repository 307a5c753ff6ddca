/// Why patients are not merged, or a link is not changed. Nothing has changed then.
///
/// - Source: ITI TF-2: 3.8.4.2.3. The words hold no id.
public struct PatientChangeRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The registry does not know the id.
        case unknown
        /// The id was merged into another one before.
        case subsumed
        /// Both ids are the same.
        case sameID
    }

    /// Which id is meant.
    public enum Part: Hashable, Sendable {
        /// The one that goes on: PID-3.
        case survivor
        /// The one that ends: MRG-1.
        case subsumed
    }

    /// What is wrong.
    public let reason: Reason
    /// Which id is meant.
    public let part: Part
    /// In which of several changes, from 0.
    public let position: Int

    /// A refusal.
    init(_ reason: Reason, _ part: Part, position: Int = 0) {
        self.reason = reason
        self.part = part
        self.position = position
    }

    /// One sentence.
    public var description: String {
        let id = part == .survivor ? "the surviving patient id" : "the patient id to be subsumed"
        switch reason {
        case .unknown: return "\(id) is not known here; nothing was changed"
        case .subsumed: return "\(id) was merged into another one before; nothing was changed"
        case .sameID: return "both patient ids are the same; nothing was changed"
        }
    }
}
