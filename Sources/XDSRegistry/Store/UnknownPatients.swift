/// How a query for a patient id is answered that the registry does not know, or that was merged into another.
///
/// - Source: ITI TF-2: 3.18.4.1.3: the policy of the affinity domain.
public enum UnknownPatients: String, Sendable, CaseIterable {
    /// Success without objects: the answer does not tell whether the id is known.
    case empty
    /// Failure with XDSUnknownPatientId.
    case error
}
