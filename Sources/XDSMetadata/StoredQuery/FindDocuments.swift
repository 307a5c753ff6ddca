/// FindDocuments: DocumentEntries of one patient. All filters are joined by AND; an absent filter limits nothing.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.1.
public struct FindDocuments: Hashable, Sendable {
    /// The patient.
    public let patientId: PatientID
    /// Statuses, one of which the entry has; never empty.
    public let statuses: Set<AvailabilityStatus>
    /// Kinds of entries; stable ones unless the query says otherwise. Empty if it names only unknown kinds: no result.
    public let types: Set<DocumentEntryType>
    /// classCode is one of these.
    public let classCodes: [CodedValue]
    /// typeCode is one of these.
    public let typeCodes: [CodedValue]
    /// practiceSettingCode is one of these.
    public let practiceSettingCodes: [CodedValue]
    /// healthcareFacilityTypeCode is one of these.
    public let healthcareFacilityTypeCodes: [CodedValue]
    /// formatCode is one of these.
    public let formatCodes: [CodedValue]
    /// eventCodeList has a code of each group.
    public let eventCodeGroups: [[CodedValue]]
    /// confidentialityCode has a code of each group.
    public let confidentialityCodeGroups: [[CodedValue]]
    /// Limits creationTime; not of on-demand entries.
    public let creationTime: DTMRange
    /// Limits serviceStartTime; an entry without one passes.
    public let serviceStartTime: DTMRange
    /// Limits serviceStopTime; an entry without one passes.
    public let serviceStopTime: DTMRange
    /// authorPerson of any author fits one of these.
    public let authorPersons: [LikePattern]
    /// documentAvailability is one of these; nil for no limit.
    public let availability: Set<DocumentAvailability>?
    /// Which versions are shown.
    public let metadataLevel: MetadataLevel

    /// Reads the parameters; nil if a required one is not usable.
    init?(_ parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        let patientId = parameters.one(Name.documentEntryPatientId, .patientId, .required)
        let statuses: [AvailabilityStatus]? = parameters.many(Name.documentEntryStatus, .urn, .required)
        classCodes = parameters.many(Name.documentEntryClassCode, .code) ?? []
        typeCodes = parameters.many(Name.documentEntryTypeCode, .code) ?? []
        practiceSettingCodes = parameters.many(Name.documentEntryPracticeSettingCode, .code) ?? []
        healthcareFacilityTypeCodes = parameters.many(Name.documentEntryHealthcareFacilityTypeCode, .code) ?? []
        formatCodes = parameters.many(Name.documentEntryFormatCode, .code) ?? []
        eventCodeGroups = parameters.groups(Name.documentEntryEventCodeList, .code)
        confidentialityCodeGroups = parameters.groups(Name.documentEntryConfidentialityCode, .code)
        creationTime = DTMRange(
            from: parameters.one(Name.documentEntryCreationTimeFrom, .dtm),
            to: parameters.one(Name.documentEntryCreationTimeTo, .dtm)
        )
        serviceStartTime = DTMRange(
            from: parameters.one(Name.documentEntryServiceStartTimeFrom, .dtm),
            to: parameters.one(Name.documentEntryServiceStartTimeTo, .dtm)
        )
        serviceStopTime = DTMRange(
            from: parameters.one(Name.documentEntryServiceStopTimeFrom, .dtm),
            to: parameters.one(Name.documentEntryServiceStopTimeTo, .dtm)
        )
        authorPersons = parameters.many(Name.documentEntryAuthorPerson, .pattern) ?? []
        types = parameters.documentEntryTypes()
        availability = parameters.many(Name.documentEntryDocumentAvailability, .urn).map(Set.init)
        metadataLevel = parameters.metadataLevel()
        guard let patientId, let statuses else { return nil }
        self.patientId = patientId
        self.statuses = Set(statuses)
    }
}

extension QueryParameters {
    /// `$XDSDocumentEntryType`: stable entries if absent; unknown types are ignored.
    ///
    /// - Source: ITI TF-2: 3.18.4.1.2.3.6.2.
    mutating func documentEntryTypes() -> Set<DocumentEntryType> {
        let types: [DocumentEntryType]? = many(QueryParameterName.documentEntryType, .urn)
        return types.map(Set.init) ?? [.stable]
    }
}
