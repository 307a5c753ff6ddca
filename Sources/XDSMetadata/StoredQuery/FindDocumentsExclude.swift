/// FindDocumentsExclude: FindDocuments, without the entries that carry one of the values listed to be left out.
///
/// A twin parameter is written like its base; a repeated Slot of a twin adds to its list.
/// - Source: CP-ITI-1323.
public struct FindDocumentsExclude: Hashable, Sendable {
    /// The parameters of FindDocuments, with reference ids, and kinds without those left out.
    public let find: FindDocuments
    /// What is left out.
    public let exclusion: DocumentEntryExclusion

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        exclusion = DocumentEntryExclusion(&parameters)
        let types: [DocumentEntryType]? = parameters.many(Name.excluding(Name.documentEntryType), .urn)
        let groups = parameters.groups(Name.documentEntryReferenceIdList, .pattern)
        guard var find = FindDocuments(&parameters) else { return nil }
        find.filter.referenceIdGroups = groups
        if let types { find.filter.types = Set(DocumentEntryType.allCases).subtracting(types) }
        self.find = find
    }
}

/// Values that DocumentEntries must not carry; an empty list leaves out nothing.
///
/// - Source: CP-ITI-1323.
public struct DocumentEntryExclusion: Hashable, Sendable {
    /// classCode is none of these.
    public let classCodes: [CodedValue]
    /// typeCode is none of these.
    public let typeCodes: [CodedValue]
    /// practiceSettingCode is none of these.
    public let practiceSettingCodes: [CodedValue]
    /// healthcareFacilityTypeCode is none of these.
    public let healthcareFacilityTypeCodes: [CodedValue]
    /// formatCode is none of these.
    public let formatCodes: [CodedValue]
    /// eventCodeList has none of these.
    public let eventCodes: [CodedValue]
    /// confidentialityCode has none of these.
    public let confidentialityCodes: [CodedValue]
    /// No authorPerson fits one of these.
    public let authorPersons: [LikePattern]
    /// No value of referenceIdList fits one of these.
    public let referenceIds: [LikePattern]

    /// Parameters that have a twin.
    private static let names: [String] = {
        typealias Name = QueryParameterName
        return [
            Name.documentEntryClassCode, Name.documentEntryTypeCode, Name.documentEntryPracticeSettingCode,
            Name.documentEntryHealthcareFacilityTypeCode, Name.documentEntryFormatCode,
            Name.documentEntryEventCodeList, Name.documentEntryConfidentialityCode, Name.documentEntryAuthorPerson,
            Name.documentEntryType, Name.documentEntryReferenceIdList,
        ]
    }()

    /// Reads the twins. One that stands beside its base is XDSStoredQueryParamNumber.
    init(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        for name in Self.names { parameters.atMostOneOf([name, Name.excluding(name)]) }
        classCodes = parameters.many(Name.excluding(Name.documentEntryClassCode), .code) ?? []
        typeCodes = parameters.many(Name.excluding(Name.documentEntryTypeCode), .code) ?? []
        practiceSettingCodes = parameters.many(Name.excluding(Name.documentEntryPracticeSettingCode), .code) ?? []
        healthcareFacilityTypeCodes =
            parameters.many(Name.excluding(Name.documentEntryHealthcareFacilityTypeCode), .code) ?? []
        formatCodes = parameters.many(Name.excluding(Name.documentEntryFormatCode), .code) ?? []
        eventCodes = parameters.groups(Name.excluding(Name.documentEntryEventCodeList), .code).flatMap { $0 }
        confidentialityCodes =
            parameters.groups(Name.excluding(Name.documentEntryConfidentialityCode), .code).flatMap { $0 }
        authorPersons = parameters.many(Name.excluding(Name.documentEntryAuthorPerson), .pattern) ?? []
        referenceIds = parameters.groups(Name.excluding(Name.documentEntryReferenceIdList), .pattern).flatMap { $0 }
    }
}
