/// A local patient id that belongs to another patient of the affinity domain than it did before.
///
/// - Source: ITI TF-2: 3.64.4.1 (Notify XAD-PID Link Change).
public struct LinkChange: Hashable, Sendable {
    /// The id of the patient, in the domain of the source.
    public let localID: PatientID
    /// The local id that was merged into it, if there was one.
    public let subsumedLocalID: PatientID?
    /// XAD-PID that it was linked with.
    public let previous: PatientID
    /// XAD-PID that it is linked with now.
    public let new: PatientID
    /// Who says so; sourceId of the SubmissionSet.
    public let sourceId: OID

    /// Describes a change.
    public init(
        localID: PatientID, subsumedLocalID: PatientID? = nil, previous: PatientID, new: PatientID, sourceId: OID
    ) {
        self.localID = localID
        self.subsumedLocalID = subsumedLocalID
        self.previous = previous
        self.new = new
        self.sourceId = sourceId
    }
}
