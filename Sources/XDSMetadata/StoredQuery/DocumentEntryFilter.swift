/// Filters on DocumentEntries that stored queries share. All are joined by AND; an absent one limits nothing.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.
public struct DocumentEntryFilter: Hashable, Sendable {
    /// Kinds of entries; stable ones unless the query says otherwise. Empty if it names only unknown kinds: no result.
    public internal(set) var types: Set<DocumentEntryType> = [.stable]
    /// classCode is one of these.
    public internal(set) var classCodes: [CodedValue] = []
    /// typeCode is one of these.
    public internal(set) var typeCodes: [CodedValue] = []
    /// practiceSettingCode is one of these.
    public internal(set) var practiceSettingCodes: [CodedValue] = []
    /// healthcareFacilityTypeCode is one of these.
    public internal(set) var healthcareFacilityTypeCodes: [CodedValue] = []
    /// formatCode is one of these.
    public internal(set) var formatCodes: [CodedValue] = []
    /// eventCodeList has a code of each group.
    public internal(set) var eventCodeGroups: [[CodedValue]] = []
    /// confidentialityCode has a code of each group.
    public internal(set) var confidentialityCodeGroups: [[CodedValue]] = []
    /// Limits creationTime; not of on-demand entries.
    public internal(set) var creationTime = DTMRange(from: nil, to: nil)
    /// Limits serviceStartTime; an entry without one passes.
    public internal(set) var serviceStartTime = DTMRange(from: nil, to: nil)
    /// Limits serviceStopTime; an entry without one passes.
    public internal(set) var serviceStopTime = DTMRange(from: nil, to: nil)
    /// authorPerson of any author fits one of these.
    public internal(set) var authorPersons: [LikePattern] = []
    /// referenceIdList has a value, taken as its whole CXi text, that fits a pattern of each group.
    public internal(set) var referenceIdGroups: [[LikePattern]] = []
    /// documentAvailability is one of these; nil for no limit.
    public internal(set) var availability: Set<DocumentAvailability>?

    /// Reads the filters of FindDocuments and its kin; reference ids are read by those that have them.
    init(finding parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        classCodes = parameters.many(Name.documentEntryClassCode, .code) ?? []
        typeCodes = parameters.many(Name.documentEntryTypeCode, .code) ?? []
        practiceSettingCodes = parameters.many(Name.documentEntryPracticeSettingCode, .code) ?? []
        healthcareFacilityTypeCodes = parameters.many(Name.documentEntryHealthcareFacilityTypeCode, .code) ?? []
        formatCodes = parameters.many(Name.documentEntryFormatCode, .code) ?? []
        eventCodeGroups = parameters.groups(Name.documentEntryEventCodeList, .code)
        confidentialityCodeGroups = parameters.groups(Name.documentEntryConfidentialityCode, .code)
        creationTime = parameters.range(Name.documentEntryCreationTimeFrom, Name.documentEntryCreationTimeTo)
        serviceStartTime = parameters.range(
            Name.documentEntryServiceStartTimeFrom, Name.documentEntryServiceStartTimeTo)
        serviceStopTime = parameters.range(Name.documentEntryServiceStopTimeFrom, Name.documentEntryServiceStopTimeTo)
        authorPersons = parameters.many(Name.documentEntryAuthorPerson, .pattern) ?? []
        types = parameters.documentEntryTypes()
        availability = parameters.many(Name.documentEntryDocumentAvailability, .urn).map(Set.init)
    }

    /// Reads the three filters of queries that return what a package or a patient holds.
    init(contents parameters: inout QueryParameters) {
        typealias Name = QueryParameterName
        formatCodes = parameters.many(Name.documentEntryFormatCode, .code) ?? []
        confidentialityCodeGroups = parameters.groups(Name.documentEntryConfidentialityCode, .code)
        types = parameters.documentEntryTypes()
    }

    /// A filter by kind alone.
    init(types: Set<DocumentEntryType>) { self.types = types }
}

extension QueryParameters {
    /// `$XDSDocumentEntryType`: stable entries if absent; unknown types are ignored.
    ///
    /// - Source: ITI TF-2: 3.18.4.1.2.3.6.2.
    mutating func documentEntryTypes() -> Set<DocumentEntryType> {
        let types: [DocumentEntryType]? = many(QueryParameterName.documentEntryType, .urn)
        return types.map(Set.init) ?? [.stable]
    }

    /// The two ends of a range of times.
    mutating func range(_ from: String, _ to: String) -> DTMRange {
        DTMRange(from: one(from, .dtm), to: one(to, .dtm))
    }

    /// A `...Status` parameter, which every Find query demands; nil if no value is understood.
    mutating func statuses(_ name: String) -> Set<AvailabilityStatus>? {
        let statuses: [AvailabilityStatus]? = many(name, .urn, .required)
        return statuses.map(Set.init)
    }

    /// `$XDSAssociationStatus`: Approved ones if it is absent or no value is understood.
    ///
    /// - Source: Metadata Update supplement, ITI TF-2: 3.18.4.1.2.3.7.
    mutating func associationStatuses() -> Set<AvailabilityStatus> {
        let statuses: [AvailabilityStatus] = many(QueryParameterName.associationStatus, .urn) ?? []
        return statuses.isEmpty ? [.approved] : Set(statuses)
    }
}
