/// availabilityStatus of a registry object. The registry sets it; a submitted value is ignored.
///
/// - Source: ITI TF-3: 4.2.3.2.2.
public enum AvailabilityStatus: String, Hashable, Sendable, CaseIterable {
    /// Available for patient care.
    case approved = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
    /// Obsolete, still retrievable.
    case deprecated = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
}
