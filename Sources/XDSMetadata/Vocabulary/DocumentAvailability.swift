/// documentAvailability of a DocumentEntry; absent means online.
///
/// - Source: Metadata Update supplement.
public enum DocumentAvailability: String, Hashable, Sendable, CaseIterable {
    /// The document can be retrieved at once.
    case online = "urn:ihe:iti:2010:DocumentAvailability:Online"
    /// The document is archived.
    case offline = "urn:ihe:iti:2010:DocumentAvailability:Offline"
}
