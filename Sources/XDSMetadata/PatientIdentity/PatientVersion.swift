public import FoundationEssentials

/// The version of what anybody may be shown of a patient's DocumentEntries, as it was at a moment.
///
/// The database renews it in every transaction that changes an entry, its patient, or the patient's consent. As long as it is
/// the same, what was found then is found now.
public struct PatientVersion: Hashable, Sendable {
    /// `patient_key` of the registry's tables.
    public let patientKey: Int64
    /// A random number; it never comes back.
    public let version: UUID

    /// A version that was read.
    public init(patientKey: Int64, version: UUID) {
        self.patientKey = patientKey
        self.version = version
    }
}
