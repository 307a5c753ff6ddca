/// objectType of a DocumentEntry: whether its document exists already or is made at each retrieval.
///
/// - Source: ITI TF-3: 4.2.5.2.
public enum DocumentEntryType: String, Hashable, Sendable, CaseIterable {
    /// A document with fixed bytes.
    case stable = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
    /// A document assembled when it is asked for; carries no hash, size or creationTime.
    case onDemand = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"
}
