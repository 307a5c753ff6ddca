/// Which of the two transactions asks for an update: they differ in what may change and in the codes of refusals.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57; RMU supplement, ITI TF-2: 3.92; ITI TF-3: 4.2.4.1.
public enum UpdateTransaction: Hashable, Sendable {
    /// ITI-57: every trigger.
    case updateDocumentSet
    /// ITI-92: new versions of DocumentEntries, without the protected attributes.
    case restrictedUpdateDocumentSet

    /// The transaction as logs and rights name it.
    public var id: TransactionID { choose(.updateDocumentSet, .restrictedUpdateDocumentSet) }

    /// The HasMember of a new version lacks an annotation, or has a wrong one.
    var annotationError: RegistryErrorCode { choose(.metadataUpdate, .metadataAnnotation) }

    /// A first version came as an update.
    var firstVersionError: RegistryErrorCode { choose(.metadataUpdate, .invalidRequest) }

    /// The uniqueId is not the one of the object.
    var uniqueIdError: RegistryErrorCode { choose(.metadataUpdate, .metadataIdentifier) }

    /// The objectType is not the one of the object. Receivers of ITI-92 expect either of two codes, so both are given.
    var objectTypeErrors: [RegistryErrorCode] { choose([.metadataUpdate], [.unmodifiableMetadata, .objectType]) }

    /// Another organisation submitted the object.
    var policyError: RegistryErrorCode { choose(.metadataUpdate, .localPolicyRestriction) }

    /// The message, or something in it, cannot be read as an update.
    public var operationError: RegistryErrorCode { choose(.metadataUpdateOperation, .metadataUpdate) }

    private func choose<Value>(_ update: Value, _ restricted: Value) -> Value {
        self == .updateDocumentSet ? update : restricted
    }
}
