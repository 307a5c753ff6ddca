/// GetSubmissionSetAndContents: a SubmissionSet, the DocumentEntries and Folders it holds, the Associations between
/// these that it holds, and the HasMember Associations to all of them.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.10.
public struct GetSubmissionSetAndContents: Hashable, Sendable {
    /// Which set.
    public let selection: ObjectSelection
    /// Limits the entries by formatCode, confidentialityCode and kind.
    public let filter: DocumentEntryFilter
    /// Which versions of its contents are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if neither way to name the set is usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let selection = parameters.object(entryUUID: Name.submissionSetEntryUUID, uniqueId: Name.submissionSetUniqueId)
        filter = DocumentEntryFilter(contents: &parameters)
        metadataLevel = parameters.metadataLevel()
        guard let selection else { return nil }
        self.selection = selection
    }
}
