/// Why a message of the patient identity feed is not accepted, whichever its form. Nothing has changed then.
///
/// The words hold no patient id, so that they may stand in logs.
struct PatientFeedProblem: Error, Hashable, Sendable {
    /// What is wrong.
    enum Reason: Hashable, Sendable {
        /// There is no id of the patient domain; the authorities there are instead.
        case noIDOfDomain(found: [String])
        /// There is more than one id of the patient domain, where one is meant.
        case severalIDs
        /// There is no local id, or more than one; its authority has no OID.
        case noLocalID
        /// The id cannot be written in the form of XDS.
        case malformed
        /// The id fails the eleven test of the BSN.
        case notBSN
        /// The register refuses the change.
        case refused(PatientChangeRefusal.Reason)
    }

    /// Which ids of the message are meant.
    enum Part: Hashable, Sendable {
        /// PID-3, or `patient/id`.
        case patient
        /// MRG-1, or `priorRegisteredRole/id`.
        case prior
    }

    /// What is wrong.
    let reason: Reason
    /// Which ids are meant.
    let part: Part
    /// In which registration of the message, from 0.
    let registration: Int

    /// One sentence.
    /// - Parameters:
    ///   - place: how the form of the message names the ids.
    ///   - authority: the patient domain.
    func text(place: String, authority: String) -> String {
        switch reason {
        case .noIDOfDomain(let found):
            let others = found.isEmpty ? "it is empty" : "it has \(found.joined(separator: ", "))"
            return "\(place) holds no id of this affinity domain, whose assigning authority is \(authority); \(others)"
        case .severalIDs: return "\(place) holds more than one id of assigning authority \(authority); one is needed"
        case .noLocalID:
            return
                "\(place) needs exactly one id of another assigning authority, an OID, than \(authority): the local id"
        case .malformed: return "\(place) holds an id that cannot be used: it is too long or its authority is no OID"
        case .notBSN: return "\(place) holds an id that is no BSN: it fails the eleven test"
        case .refused(.unknown): return "the id in \(place) is not known here; nothing was changed"
        case .refused(.subsumed): return "the id in \(place) was merged into another one before; nothing was changed"
        case .refused(.sameID): return "the id in \(place) is the surviving id itself; nothing was changed"
        }
    }
}
