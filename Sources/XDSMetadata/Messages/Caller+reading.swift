extension Caller {
    /// What becomes of the habits noticed in a message: errors for a caller that is read strictly; for others none, and
    /// they are counted.
    ///
    /// - Parameters:
    ///   - deviations: what was noticed; each is one error.
    ///   - transaction: decides the code: XDSRepositoryMetadataError for ITI-41, XDSRegistryError for queries,
    ///     XDSRegistryMetadataError for everything else.
    public func refusals(of deviations: Set<Deviation>, in transaction: TransactionID) -> [RegistryError] {
        switch reading {
        case .lenient:
            if !deviations.isEmpty { notice(transaction, deviations) }
            return []
        case .strict:
            return Deviation.allCases.filter(deviations.contains).map { refusal(of: $0, in: transaction) }
        }
    }

    private func refusal(of deviation: Deviation, in transaction: TransactionID) -> RegistryError {
        let reason =
            "\(deviation.habit), and messages of organisation \(organisation) are read strictly; \(deviation.remedy)"
        return switch transaction {
        case .provideAndRegisterDocumentSet: RegistryError(.repositoryMetadata, reason).found(by: .repository)
        case .registryStoredQuery, .multiPatientStoredQuery:
            RegistryError(.registryError, reason, location: ErrorSubject.query).found(by: .registry)
        default: RegistryError(.metadata, reason).found(by: .registry)
        }
    }
}
