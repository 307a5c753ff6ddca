/// Error and warning codes of IHE; the raw value is the code on the wire.
///
/// A struct and not an enumeration, so that a client keeps codes of other vendors it receives.
/// - Source: ITI TF-3: 4.2.4.1, Table 4.2.4.1-2, with the tables of the supplements for Metadata Update, RMU and RMD.
public struct RegistryErrorCode: RawRepresentable, Hashable, Sendable {
    /// The code as it stands in `RegistryError/@errorCode`.
    public let rawValue: String

    /// Makes a code from its wire form.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Metadata is invalid at the registry: missing or malformed attribute, wrong structure, illegal association.
    public static let metadata = Self(rawValue: "XDSRegistryMetadataError")
    /// Metadata is invalid at the repository; hash or size malformed or different from the bytes.
    public static let repositoryMetadata = Self(rawValue: "XDSRepositoryMetadataError")
    /// A DocumentEntry without its Document.
    public static let missingDocument = Self(rawValue: "XDSMissingDocument")
    /// A Document without its DocumentEntry.
    public static let missingDocumentMetadata = Self(rawValue: "XDSMissingDocumentMetadata")
    /// A uniqueId twice in one submission, seen by the registry. Context: the id.
    public static let duplicateUniqueIdInMessage = Self(rawValue: "XDSRegistryDuplicateUniqueIdInMessage")
    /// A uniqueId twice in one submission, seen by the repository. Context: the id.
    public static let repositoryDuplicateUniqueIdInMessage = Self(rawValue: "XDSRepositoryDuplicateUniqueIdInMessage")
    /// A SubmissionSet or Folder uniqueId is used already. Context: which, and the id.
    public static let duplicateUniqueIdInRegistry = Self(rawValue: "XDSDuplicateUniqueIdInRegistry")
    /// A known DocumentEntry uniqueId comes with another hash. Context: the uniqueId.
    public static let nonIdenticalHash = Self(rawValue: "XDSNonIdenticalHash")
    /// A known DocumentEntry uniqueId comes with another size. Context: the uniqueId.
    public static let nonIdenticalSize = Self(rawValue: "XDSNonIdenticalSize")
    /// Patient ids of objects that belong together differ. Context: the id and the conflict.
    public static let patientIdDoesNotMatch = Self(rawValue: "XDSPatientIdDoesNotMatch")
    /// The patient id is not known from the feed, or is subsumed. Context: the id.
    public static let unknownPatientId = Self(rawValue: "XDSUnknownPatientId")
    /// An Association to a deprecated DocumentEntry.
    public static let deprecatedDocument = Self(rawValue: "XDSRegistryDeprecatedDocumentError")
    /// A reference to an entryUUID cannot be resolved.
    public static let unresolvedReference = Self(rawValue: "UnresolvedReferenceException")
    /// Retired code: accepted from others, never sent.
    public static let replaceFailed = Self(rawValue: "XDSReplaceFailed")
    /// Warning: extra Slots were accepted and not stored.
    public static let extraMetadataNotSaved = Self(rawValue: "XDSExtraMetadataNotSaved")
    /// The repository cannot reach the registry.
    public static let registryNotAvailable = Self(rawValue: "XDSRegistryNotAvailable")
    /// Too much activity at the registry.
    public static let registryBusy = Self(rawValue: "XDSRegistryBusy")
    /// Too much activity at the repository.
    public static let repositoryBusy = Self(rawValue: "XDSRepositoryBusy")
    /// Resources of the registry are low.
    public static let registryOutOfResources = Self(rawValue: "XDSRegistryOutOfResources")
    /// Resources of the repository are low.
    public static let repositoryOutOfResources = Self(rawValue: "XDSRepositoryOutOfResources")
    /// Internal error of the registry, or a malformed query value.
    public static let registryError = Self(rawValue: "XDSRegistryError")
    /// Internal error of the repository.
    public static let repositoryError = Self(rawValue: "XDSRepositoryError")
    /// The query id is unknown or not supported.
    public static let unknownStoredQuery = Self(rawValue: "XDSUnknownStoredQuery")
    /// A required query parameter is missing.
    public static let storedQueryMissingParam = Self(rawValue: "XDSStoredQueryMissingParam")
    /// Several values where one is allowed, or two parameters that exclude each other.
    public static let storedQueryParamNumber = Self(rawValue: "XDSStoredQueryParamNumber")
    /// The result is too large.
    public static let tooManyResults = Self(rawValue: "XDSTooManyResults")
    /// One request would give content of several patients.
    public static let resultNotSinglePatient = Self(rawValue: "XDSResultNotSinglePatient")
    /// The document is not available: missing, removed or not authorised. Context: the uniqueId.
    public static let documentUniqueIdError = Self(rawValue: "XDSDocumentUniqueIdError")
    /// The repositoryUniqueId is not the one of this repository.
    public static let unknownRepositoryId = Self(rawValue: "XDSUnknownRepositoryId")
    /// homeCommunityId is required and absent.
    public static let missingHomeCommunityId = Self(rawValue: "XDSMissingHomeCommunityId")
    /// homeCommunityId is not recognised.
    public static let unknownCommunity = Self(rawValue: "XDSUnknownCommunity")
    /// A community that should be asked cannot be reached. Context: which.
    public static let unavailableCommunity = Self(rawValue: "XDSUnavailableCommunity")
    /// The document cannot be provided: conversion failed.
    public static let transcodingError = Self(rawValue: "TranscodingError")
    /// The document does not fit its metadata or the content rules. Context: the uniqueId.
    public static let invalidDocumentContent = Self(rawValue: "InvalidDocumentContent")
    /// Warning of XDR: queued for matching by hand.
    public static let documentQueued = Self(rawValue: "DocumentQueued")
    /// Warning of XDR: folders were ignored.
    public static let partialFolderContentNotProcessed = Self(rawValue: "PartialFolderContentNotProcessed")
    /// Warning of XDR: an APND was ignored.
    public static let partialAppendContentNotProcessed = Self(rawValue: "PartialAppendContentNotProcessed")
    /// Warning of XDR: an RPLC was ignored.
    public static let partialReplaceContentNotProcessed = Self(rawValue: "PartialReplaceContentNotProcessed")
    /// Warning of XDR: an XFRM was ignored.
    public static let partialTransformNotProcessed = Self(rawValue: "PartialTransformNotProcessed")
    /// Warning of XDR: an XFRM_RPLC was ignored.
    public static let partialTransformReplaceNotProcessed = Self(rawValue: "PartialTransformReplaceNotProcessed")
    /// Warning of XDR: another relationship was ignored.
    public static let partialRelationshipContentNotProcessed = Self(rawValue: "PartialRelationshipContentNotProcessed")
    /// intendedRecipient is not recognised.
    public static let unknownRecipient = Self(rawValue: "UnknownRecipient")
    /// intendedRecipient cannot be reached.
    public static let unavailableRecipient = Self(rawValue: "UnavailableRecipient")
    /// Publishing a FHIR Document is not supported.
    public static let fhirDocumentNotSupported = Self(rawValue: "FHIRDocumentNotSupported")
    /// General error of a metadata update.
    public static let metadataUpdate = Self(rawValue: "XDSMetadataUpdateError")
    /// The update request cannot be decoded.
    public static let metadataUpdateOperation = Self(rawValue: "XDSMetadataUpdateOperationError")
    /// PreviousVersion is not the current version, or there is no such object.
    public static let metadataVersion = Self(rawValue: "XDSMetadataVersionError")
    /// An update would leave linked objects with different patient ids.
    public static let patientIDReconciliation = Self(rawValue: "XDSPatientIDReconciliationError")
    /// objectType is not supported.
    public static let objectType = Self(rawValue: "XDSObjectTypeError")
    /// uniqueId conflicts with the existing object.
    public static let metadataIdentifier = Self(rawValue: "XDSMetadataIdentifierError")
    /// A first version in an update.
    public static let invalidRequest = Self(rawValue: "XDSInvalidRequestException")
    /// A protected attribute was changed.
    public static let unmodifiableMetadata = Self(rawValue: "UnmodifiableMetadataError")
    /// Refused by policy or agreement.
    public static let localPolicyRestriction = Self(rawValue: "LocalPolicyRestrictionError")
    /// The annotation of a HasMember is missing or wrong.
    public static let metadataAnnotation = Self(rawValue: "XDSMetadataAnnotationError")
    /// An Association outside the request still refers to the object.
    public static let referencesExist = Self(rawValue: "ReferencesExistException")
    /// A removal would leave an object without Associations.
    public static let unreferencedObject = Self(rawValue: "XDSUnreferencedObjectException")
    /// The repository could not remove a document. Context: the uniqueId.
    public static let removeDocuments = Self(rawValue: "XDSRemoveDocumentsError")
    /// The imaging request is malformed.
    public static let imagingRequest = Self(rawValue: "XDSIRequestError")
    /// The imaging document source is unknown.
    public static let unknownImagingSource = Self(rawValue: "XDSIUnknownIdsUid")

    /// Every code of the table, in its order.
    public static let all: [RegistryErrorCode] = [
        .metadata, .repositoryMetadata, .missingDocument, .missingDocumentMetadata, .duplicateUniqueIdInMessage,
        .repositoryDuplicateUniqueIdInMessage, .duplicateUniqueIdInRegistry, .nonIdenticalHash, .nonIdenticalSize,
        .patientIdDoesNotMatch, .unknownPatientId, .deprecatedDocument, .unresolvedReference, .replaceFailed,
        .extraMetadataNotSaved, .registryNotAvailable, .registryBusy, .repositoryBusy, .registryOutOfResources,
        .repositoryOutOfResources, .registryError, .repositoryError, .unknownStoredQuery, .storedQueryMissingParam,
        .storedQueryParamNumber, .tooManyResults, .resultNotSinglePatient, .documentUniqueIdError,
        .unknownRepositoryId, .missingHomeCommunityId, .unknownCommunity, .unavailableCommunity, .transcodingError,
        .invalidDocumentContent, .documentQueued, .partialFolderContentNotProcessed,
        .partialAppendContentNotProcessed, .partialReplaceContentNotProcessed, .partialTransformNotProcessed,
        .partialTransformReplaceNotProcessed, .partialRelationshipContentNotProcessed, .unknownRecipient,
        .unavailableRecipient, .fhirDocumentNotSupported, .metadataUpdate, .metadataUpdateOperation, .metadataVersion,
        .patientIDReconciliation, .objectType, .metadataIdentifier, .invalidRequest, .unmodifiableMetadata,
        .localPolicyRestriction, .metadataAnnotation, .referencesExist, .unreferencedObject, .removeDocuments,
        .imagingRequest, .unknownImagingSource,
    ]
}
