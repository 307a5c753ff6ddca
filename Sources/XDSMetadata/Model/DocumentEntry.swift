/// DocumentEntry: the metadata of one document.
///
/// Attributes are named as in the table; those without which no entry is registered are not optional. Comments live
/// in the fragment only: nothing filters by them.
/// - Source: ITI TF-3: 4.2.3.2, Table 4.2.3.2-1.
public struct DocumentEntry: Hashable, Sendable {
    /// entryUUID.
    public let entryUUID: EntryUUID
    /// logicalID; the same in all versions.
    public let logicalID: EntryUUID?
    /// version, from 1.
    public let version: Int?
    /// availabilityStatus; nil before registration.
    public let availabilityStatus: AvailabilityStatus?
    /// objectType: stable or on-demand.
    public let objectType: DocumentEntryType
    /// homeCommunityId.
    public let homeCommunityId: HomeCommunityID?
    /// patientId.
    public let patientId: PatientID
    /// uniqueId.
    public let uniqueId: UniqueID
    /// repositoryUniqueId.
    public let repositoryUniqueId: OID
    /// mimeType.
    public let mimeType: MIMEType
    /// Codes.
    public let codes: Codes
    /// Times.
    public let times: Times
    /// hash and size; absent on on-demand entries only.
    public let content: Content?
    /// languageCode.
    public let languageCode: LanguageCode
    /// author, in the order of the message.
    public let authors: [Author]
    /// legalAuthenticator.
    public let legalAuthenticator: XCN?
    /// sourcePatientId: the id in the domain of the source.
    public let sourcePatientId: PatientID
    /// sourcePatientInfo.
    public let sourcePatientInfo: [SourcePatientInfo]
    /// referenceIdList.
    public let referenceIds: [ReferenceID]
    /// documentAvailability.
    public let documentAvailability: DocumentAvailability
    /// title, its first text if there are several languages; nil without one.
    public let title: String?

    /// The code attributes.
    public struct Codes: Hashable, Sendable {
        /// classCode.
        public let classCode: CodedValue
        /// typeCode.
        public let typeCode: CodedValue
        /// formatCode.
        public let formatCode: CodedValue
        /// practiceSettingCode.
        public let practiceSettingCode: CodedValue
        /// healthcareFacilityTypeCode.
        public let healthcareFacilityTypeCode: CodedValue
        /// confidentialityCode; one or more.
        public let confidentialityCodes: [CodedValue]
        /// eventCodeList.
        public let eventCodes: [CodedValue]
    }

    /// The time attributes.
    public struct Times: Hashable, Sendable {
        /// creationTime; absent on on-demand entries only.
        public let creationTime: DTM?
        /// serviceStartTime.
        public let serviceStartTime: DTM?
        /// serviceStopTime.
        public let serviceStopTime: DTM?
    }

    /// What is known of the bytes of a stable document.
    public struct Content: Hashable, Sendable {
        /// hash.
        public let hash: SHA1Digest
        /// size in bytes.
        public let size: Int64
    }
}
