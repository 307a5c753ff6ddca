/// Names of query parameters, as they stand in `Slot/@name`.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7; Metadata Update supplement for the last two.
enum QueryParameterName {
    static let documentEntryPatientId = "$XDSDocumentEntryPatientId"
    static let documentEntryStatus = "$XDSDocumentEntryStatus"
    static let documentEntryClassCode = "$XDSDocumentEntryClassCode"
    static let documentEntryTypeCode = "$XDSDocumentEntryTypeCode"
    static let documentEntryPracticeSettingCode = "$XDSDocumentEntryPracticeSettingCode"
    static let documentEntryHealthcareFacilityTypeCode = "$XDSDocumentEntryHealthcareFacilityTypeCode"
    static let documentEntryFormatCode = "$XDSDocumentEntryFormatCode"
    static let documentEntryEventCodeList = "$XDSDocumentEntryEventCodeList"
    static let documentEntryConfidentialityCode = "$XDSDocumentEntryConfidentialityCode"
    static let documentEntryCreationTimeFrom = "$XDSDocumentEntryCreationTimeFrom"
    static let documentEntryCreationTimeTo = "$XDSDocumentEntryCreationTimeTo"
    static let documentEntryServiceStartTimeFrom = "$XDSDocumentEntryServiceStartTimeFrom"
    static let documentEntryServiceStartTimeTo = "$XDSDocumentEntryServiceStartTimeTo"
    static let documentEntryServiceStopTimeFrom = "$XDSDocumentEntryServiceStopTimeFrom"
    static let documentEntryServiceStopTimeTo = "$XDSDocumentEntryServiceStopTimeTo"
    static let documentEntryAuthorPerson = "$XDSDocumentEntryAuthorPerson"
    static let documentEntryType = "$XDSDocumentEntryType"
    static let documentEntryEntryUUID = "$XDSDocumentEntryEntryUUID"
    static let documentEntryUniqueId = "$XDSDocumentEntryUniqueId"
    static let documentEntryLogicalID = "$XDSDocumentEntryLogicalID"
    static let documentEntryDocumentAvailability = "$XDSDocumentEntryDocumentAvailability"
    static let metadataLevel = "$MetadataLevel"
}
