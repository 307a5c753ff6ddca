public import PostgresKit
public import SOAPKit
public import XDSMetadata

/// The Document Registry actor: knows which documents there are, and answers what it knows.
///
/// - Source: ITI TF-1: 10.1.1.4; transactions ITI-18, ITI-42, ITI-51, ITI-57, ITI-61, ITI-62 and ITI-92.
public struct DocumentRegistry: Sendable {
    let store: PostgresRegistryStore
    let valueSets: ValueSetBindings
    private let maximumObjects: Int
    let internalError: @Sendable (any Error, String) -> RegistryError

    /// A registry.
    /// - Parameters:
    ///   - store: its objects.
    ///   - valueSets: the codes that its affinity domain allows.
    ///   - maximumObjects: objects of one submission or update at most; one with more is refused.
    ///   - internalError: what a partner is told of a failure inside, given the error and the request id.
    public init(
        store: PostgresRegistryStore, valueSets: ValueSetBindings = ValueSetBindings(), maximumObjects: Int = 2_000,
        internalError: @escaping @Sendable (any Error, String) -> RegistryError
    ) {
        self.store = store
        self.valueSets = valueSets
        self.maximumObjects = maximumObjects
        self.internalError = internalError
    }

    /// The operations of this actor.
    public var operations: [SOAPOperation<Caller, Never>] {
        [
            RegisterDocumentSetHandler(registry: self).operation,
            RegisterOnDemandDocumentEntryHandler(registry: self).operation,
            storedQuery(.registryStoredQuery),
            storedQuery(.multiPatientStoredQuery),
            UpdateDocumentSetHandler(registry: self, transaction: .updateDocumentSet).operation,
            UpdateDocumentSetHandler(registry: self, transaction: .restrictedUpdateDocumentSet).operation,
            RemoveMetadataHandler(registry: self).operation,
        ]
    }

    private func storedQuery(_ transaction: TransactionID) -> SOAPOperation<Caller, Never> {
        RegistryStoredQueryHandler(transaction: transaction, store: store, internalError: internalError).operation
    }

    /// Registers a submission, all of it or nothing (ITI TF-2: 3.42.4.1.3).
    ///
    /// - Parameters:
    ///   - transaction: whose rules apply.
    ///   - findings: errors that the repository found before; nothing is stored if there are any.
    ///   - alongside: what else is to be committed with the submission; errors it returns undo everything.
    public func register(
        _ submission: UnverifiedSubmission, as transaction: SubmissionValidator.Transaction = .registerDocumentSet,
        findings: [RegistryError] = [], caller: Caller,
        alongside: (@Sendable (PostgresTransaction) async throws -> [RegistryError])? = nil
    ) async throws -> RegistryResponse {
        let found = findings + refusedSource(submission, caller: caller)
        if let error = refusedSize(of: submission) { return RegistryResponse(errors: found + [error]) }
        return try await store.register(
            submission, by: SubmissionValidator(transaction, valueSets: valueSets), findings: found, caller: caller,
            alongside: alongside)
    }

    /// XDSRegistryOutOfResources for a submission with more objects than this registry takes; `nil` for any other (ITI
    /// TF-3: 4.2.4.1).
    public func refusedSize(of submission: UnverifiedSubmission) -> RegistryError? {
        refusedSize(of: submission, code: .registryOutOfResources)
    }

    /// Updates metadata, all that is asked for or nothing (Metadata Update supplement, ITI TF-2: 3.57.4.1.3; RMU
    /// supplement, ITI TF-2: 3.92.4.1.3).
    ///
    /// One with more objects than this registry takes is XDSMetadataUpdateError, the general code of both transactions.
    /// - Parameters:
    ///   - submission: SubmissionSet, new versions and Associations, as they arrived.
    ///   - findings: errors that were found while reading; nothing is changed if there are any.
    public func update(
        _ submission: UnverifiedSubmission, by transaction: UpdateTransaction, findings: [RegistryError] = [],
        caller: Caller
    ) async throws -> RegistryResponse {
        let found = findings + refusedSource(submission, caller: caller)
        // Before the triggers are sorted out, which compares the objects with each other.
        if let error = refusedSize(of: submission, code: .metadataUpdate) {
            return RegistryResponse(errors: found + [error])
        }
        return try await store.update(
            UnverifiedUpdate(submission), by: UpdateValidator(transaction, valueSets: valueSets), findings: found,
            caller: caller)
    }

    /// Removes metadata, all that is listed or nothing (RMD supplement, ITI TF-2: 3.62.4.1.3).
    public func remove(_ request: RemoveMetadataRequest, caller: Caller) async throws -> RegistryResponse {
        try await store.remove(request, caller: caller)
    }

    /// The rules compare objects with each other, and each uniqueId takes a lock of the database until the commit: what one
    /// submission costs must not be up to its sender.
    private func refusedSize(of submission: UnverifiedSubmission, code: RegistryErrorCode) -> RegistryError? {
        let count = submission.objectCount
        guard count > maximumObjects else { return nil }
        return RegistryError(
            code,
            "the submission has \(count) objects (SubmissionSet, DocumentEntries, Folders and Associations), "
                + "and this registry takes \(maximumObjects) at once; split it into several submissions"
        ).found(by: .registry)
    }

    /// A source may submit only under the sourceIds its organisation registered.
    private func refusedSource(_ submission: UnverifiedSubmission, caller: Caller) -> [RegistryError] {
        guard let sourceID = submission.sourceId, !caller.maySubmitAs(sourceID) else { return [] }
        return [
            submission.submissionSetSubject.error(
                .metadata,
                "sourceId \(sourceID) is not registered for organisation \(caller.organisation); "
                    + "ask the region's administrator to add it",
                attribute: "sourceId"
            ).found(by: .registry)
        ]
    }
}
