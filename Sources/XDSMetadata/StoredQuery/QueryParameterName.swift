/// Names of query parameters, as they stand in `Slot/@name`.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7; Metadata Update supplement for the level, logicalIDs and status of Associations.
enum QueryParameterName {
    static let metadataLevel = "$MetadataLevel"

    // MARK: DocumentEntries

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
    static let documentEntryAuthorInstitution = "$XDSDocumentEntryAuthorInstitution"
    static let documentEntryTitle = "$XDSDocumentEntryTitle"
    static let documentEntryReferenceIdList = "$XDSDocumentEntryReferenceIdList"
    static let documentEntryType = "$XDSDocumentEntryType"
    static let documentEntryEntryUUID = "$XDSDocumentEntryEntryUUID"
    static let documentEntryUniqueId = "$XDSDocumentEntryUniqueId"
    static let documentEntryLogicalID = "$XDSDocumentEntryLogicalID"
    static let documentEntryDocumentAvailability = "$XDSDocumentEntryDocumentAvailability"

    // MARK: SubmissionSets

    static let submissionSetPatientId = "$XDSSubmissionSetPatientId"
    static let submissionSetStatus = "$XDSSubmissionSetStatus"
    static let submissionSetSourceId = "$XDSSubmissionSetSourceId"
    static let submissionSetSubmissionTimeFrom = "$XDSSubmissionSetSubmissionTimeFrom"
    static let submissionSetSubmissionTimeTo = "$XDSSubmissionSetSubmissionTimeTo"
    static let submissionSetAuthorPerson = "$XDSSubmissionSetAuthorPerson"
    static let submissionSetContentType = "$XDSSubmissionSetContentType"
    static let submissionSetEntryUUID = "$XDSSubmissionSetEntryUUID"
    static let submissionSetUniqueId = "$XDSSubmissionSetUniqueId"

    // MARK: Folders

    static let folderPatientId = "$XDSFolderPatientId"
    static let folderStatus = "$XDSFolderStatus"
    static let folderLastUpdateTimeFrom = "$XDSFolderLastUpdateTimeFrom"
    static let folderLastUpdateTimeTo = "$XDSFolderLastUpdateTimeTo"
    static let folderCodeList = "$XDSFolderCodeList"
    static let folderEntryUUID = "$XDSFolderEntryUUID"
    static let folderUniqueId = "$XDSFolderUniqueId"
    static let folderLogicalID = "$XDSFolderLogicalID"

    // MARK: Associations, and objects of any kind

    static let associationStatus = "$XDSAssociationStatus"
    static let associationTypes = "$AssociationTypes"
    static let patientId = "$patientId"
    static let uuid = "$uuid"

    /// The twin of a parameter that leaves out what has one of its values.
    ///
    /// - Source: CP-ITI-1323.
    static func excluding(_ name: String) -> String { name + "Exclude" }
}
