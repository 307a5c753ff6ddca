/// The four kinds of registry objects of XDS.
///
/// - Source: ITI TF-3: 4.1.
public enum ObjectKind: String, Hashable, Sendable, CaseIterable {
    /// Metadata of a document.
    case documentEntry = "DocumentEntry"
    /// A submission.
    case submissionSet = "SubmissionSet"
    /// A collection of documents.
    case folder = "Folder"
    /// A link.
    case association = "Association"

    /// How errors name an object of this kind.
    public func subject(_ id: EntryUUID) -> ErrorSubject { ErrorSubject(rawValue, id.text) }
}
