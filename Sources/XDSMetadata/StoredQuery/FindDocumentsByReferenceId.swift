/// FindDocumentsByReferenceId: FindDocuments limited to entries with a reference id, of a referral or a study for
/// example. The groups of patterns are in the filter and never empty.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.14 (Reference ID Option).
public struct FindDocumentsByReferenceId: Hashable, Sendable {
    /// The parameters of FindDocuments, with the reference ids in the filter.
    public let find: FindDocuments

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        let groups = parameters.groups(QueryParameterName.documentEntryReferenceIdList, .pattern, .required)
        guard var find = FindDocuments(&parameters), !groups.isEmpty else { return nil }
        find.filter.referenceIdGroups = groups
        self.find = find
    }
}
