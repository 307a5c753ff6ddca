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

    /// How an error context names an object: kind and id.
    func subject(_ id: EntryUUID) -> String { "\(rawValue) \(id.text.isEmpty ? "without id" : id.text)" }
}
