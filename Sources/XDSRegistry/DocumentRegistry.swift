public import PostgresKit
public import SOAPKit
public import XDSMetadata

/// The Document Registry actor: knows which documents there are, and answers what it knows.
///
/// - Source: ITI TF-1: 10.1.1.4; transactions ITI-18, ITI-42, ITI-51, ITI-57, ITI-61, ITI-62 and ITI-92.
public struct DocumentRegistry: Sendable {
    let store: PostgresRegistryStore
    let valueSets: ValueSetBindings
    let internalError: @Sendable (any Error, String) -> RegistryError

    /// A registry.
    /// - Parameters:
    ///   - store: its objects.
    ///   - valueSets: the codes that its affinity domain allows.
    ///   - internalError: what a partner is told of a failure inside, given the error and the request id.
    public init(
        store: PostgresRegistryStore, valueSets: ValueSetBindings = ValueSetBindings(),
        internalError: @escaping @Sendable (any Error, String) -> RegistryError
    ) {
        self.store = store
        self.valueSets = valueSets
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
        alongside: @escaping @Sendable (PostgresTransaction) async throws -> [RegistryError] = { _ in [] }
    ) async throws -> RegistryResponse {
        try await store.register(
            submission, by: SubmissionValidator(transaction, valueSets: valueSets),
            findings: findings + refusedSource(submission, caller: caller), caller: caller, alongside: alongside)
    }

    /// Updates metadata, all that is asked for or nothing (Metadata Update supplement, ITI TF-2: 3.57.4.1.3; RMU
    /// supplement, ITI TF-2: 3.92.4.1.3).
    ///
    /// - Parameter findings: errors that were found while reading; nothing is changed if there are any.
    public func update(
        _ update: UnverifiedUpdate, by transaction: UpdateTransaction, findings: [RegistryError] = [], caller: Caller
    ) async throws -> RegistryResponse {
        try await store.update(
            update, by: UpdateValidator(transaction, valueSets: valueSets),
            findings: findings + refusedSource(update.submission, caller: caller), caller: caller)
    }

    /// Removes metadata, all that is listed or nothing (RMD supplement, ITI TF-2: 3.62.4.1.3).
    public func remove(_ request: RemoveMetadataRequest, caller: Caller) async throws -> RegistryResponse {
        try await store.remove(request, caller: caller)
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
