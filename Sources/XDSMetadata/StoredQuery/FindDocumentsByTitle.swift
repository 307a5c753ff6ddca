/// FindDocumentsByTitle: FindDocuments limited by title and by authorInstitution. Not of IHE: the German ePA has it.
///
/// At least one of the two is given; the text names neither as required.
/// - Source: gematik, specification of the ePA document registry.
public struct FindDocumentsByTitle: Hashable, Sendable {
    /// The parameters of FindDocuments.
    public let find: FindDocuments
    /// The title fits one of these; no limit if empty.
    public let titles: [LikePattern]
    /// authorInstitution of any author, as its whole XON text, fits one of these; no limit if empty.
    public let authorInstitutions: [LikePattern]

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        parameters.atLeastOneOf([Name.documentEntryTitle, Name.documentEntryAuthorInstitution])
        titles = parameters.many(Name.documentEntryTitle, .pattern) ?? []
        authorInstitutions = parameters.many(Name.documentEntryAuthorInstitution, .pattern) ?? []
        guard let find = FindDocuments(&parameters) else { return nil }
        self.find = find
    }
}
