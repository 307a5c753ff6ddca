/// FindDocumentsByReferenceIdForMultiplePatients: FindDocumentsByReferenceId for a list of patients, or for all.
///
/// Not in the text of the Framework that we follow; other registries and consumers know it.
/// - Source: ITI TF-2: 3.51.4.1.2, by analogy with 3.18.4.1.2.3.7.14.
public struct FindDocumentsByReferenceIdForMultiplePatients: Hashable, Sendable {
    /// The parameters of FindDocumentsForMultiplePatients, with the reference ids in the filter.
    public let find: FindDocumentsForMultiplePatients

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        let groups = parameters.groups(QueryParameterName.documentEntryReferenceIdList, .pattern, .required)
        guard var find = FindDocumentsForMultiplePatients(limited: &parameters), !groups.isEmpty else { return nil }
        find.filter.referenceIdGroups = groups
        self.find = find
    }
}
