/// Names of the Slots that XDS defines.
///
/// - Source: ITI TF-3: 4.2.3.2, 4.2.3.3, 4.2.3.4 and 4.2.2; Metadata Update supplement for the last four.
public enum SlotName {
    /// DocumentEntry.creationTime.
    public static let creationTime = "creationTime"
    /// DocumentEntry.hash.
    public static let hash = "hash"
    /// DocumentEntry.languageCode.
    public static let languageCode = "languageCode"
    /// DocumentEntry.legalAuthenticator.
    public static let legalAuthenticator = "legalAuthenticator"
    /// DocumentEntry.referenceIdList.
    public static let referenceIdList = "urn:ihe:iti:xds:2013:referenceIdList"
    /// DocumentEntry.repositoryUniqueId.
    public static let repositoryUniqueId = "repositoryUniqueId"
    /// DocumentEntry.serviceStartTime.
    public static let serviceStartTime = "serviceStartTime"
    /// DocumentEntry.serviceStopTime.
    public static let serviceStopTime = "serviceStopTime"
    /// DocumentEntry.size.
    public static let size = "size"
    /// DocumentEntry.sourcePatientId.
    public static let sourcePatientId = "sourcePatientId"
    /// DocumentEntry.sourcePatientInfo.
    public static let sourcePatientInfo = "sourcePatientInfo"
    /// DocumentEntry.URI.
    public static let uri = "URI"
    /// SubmissionSet.intendedRecipient.
    public static let intendedRecipient = "intendedRecipient"
    /// SubmissionSet.submissionTime.
    public static let submissionTime = "submissionTime"
    /// Folder.lastUpdateTime.
    public static let lastUpdateTime = "lastUpdateTime"
    /// Coding scheme inside a code Classification.
    public static let codingScheme = "codingScheme"
    /// author.authorPerson.
    public static let authorPerson = "authorPerson"
    /// author.authorInstitution.
    public static let authorInstitution = "authorInstitution"
    /// author.authorRole.
    public static let authorRole = "authorRole"
    /// author.authorSpecialty.
    public static let authorSpecialty = "authorSpecialty"
    /// author.authorTelecommunication.
    public static let authorTelecommunication = "authorTelecommunication"
    /// `Original` or `Reference` on the HasMember from the SubmissionSet to a DocumentEntry.
    public static let submissionSetStatus = "SubmissionSetStatus"
    /// DocumentEntry.documentAvailability.
    public static let documentAvailability = "documentAvailability"
    /// Version that an update replaces, on the HasMember from the SubmissionSet.
    public static let previousVersion = "PreviousVersion"
    /// `yes` or `no`: whether an update copies Associations to the new version.
    public static let associationPropagation = "AssociationPropagation"
    /// Status before, on the trigger UpdateAvailabilityStatus.
    public static let originalStatus = "OriginalStatus"
    /// Status after, on the trigger UpdateAvailabilityStatus.
    public static let newStatus = "NewStatus"
    /// Target community of ITI-80, in `rs:RequestSlotList`.
    public static let homeCommunityId = "homeCommunityId"

    /// Slots of IHE whose names are URNs; any other name under `urn:ihe:` is an error.
    public static let iheNames: Set<String> = [referenceIdList]

    /// Whether XDS defines a Slot of this name, on any kind of object.
    public static func isDefined(_ name: String) -> Bool { defined.contains(name) }

    private static let defined: Set<String> = [
        creationTime, hash, languageCode, legalAuthenticator, referenceIdList, repositoryUniqueId, serviceStartTime,
        serviceStopTime, size, sourcePatientId, sourcePatientInfo, uri, intendedRecipient, submissionTime,
        lastUpdateTime, codingScheme, authorPerson, authorInstitution, authorRole, authorSpecialty,
        authorTelecommunication, submissionSetStatus, documentAvailability, previousVersion, associationPropagation,
        originalStatus, newStatus, homeCommunityId,
    ]

    /// Whether a Slot is extra metadata: a URN outside `urn:ihe:`, stored and returned untouched.
    ///
    /// - Source: ITI TF-3: 4.2.3.1.6.
    public static func isExtraMetadata(_ name: String) -> Bool {
        name.hasPrefix("urn:") && !name.hasPrefix(EbRIMVocabulary.ihePrefix)
    }
}
