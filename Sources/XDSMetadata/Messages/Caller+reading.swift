extension Caller {
    /// What becomes of the habits noticed in a message: errors for a caller that is read strictly; for others none, and
    /// they are counted.
    ///
    /// - Parameters:
    ///   - deviations: what was noticed; each is one error.
    ///   - transaction: decides the code: XDSRepositoryMetadataError for ITI-41, XDSRegistryError for queries,
    ///     XDSRegistryMetadataError for everything else.
    public func refusals(of deviations: Set<Deviation>, in transaction: TransactionID) -> [RegistryError] {
        judge(deviations, in: transaction) { refusal(of: $0, in: transaction) }
    }

    /// The same for a submission; each error names the object and the attribute in which the habit was noticed first.
    public func refusals(of submission: UnverifiedSubmission, in transaction: TransactionID) -> [RegistryError] {
        judge(submission.deviations, in: transaction) { deviation in
            guard let place = submission.deviationPlaces[deviation], let object = submission.index[place.object] else {
                return refusal(of: deviation, in: transaction)
            }
            return refusal(of: deviation, in: transaction, about: object.subject, attribute: place.attributeName)
        }
    }

    private func judge(
        _ deviations: Set<Deviation>, in transaction: TransactionID, _ refusal: (Deviation) -> RegistryError
    ) -> [RegistryError] {
        switch reading {
        case .lenient:
            if !deviations.isEmpty { notice(transaction, deviations) }
            return []
        case .strict:
            return Deviation.allCases.filter(deviations.contains).map(refusal)
        }
    }

    private func refusal(
        of deviation: Deviation, in transaction: TransactionID, about subject: ErrorSubject? = nil,
        attribute: String? = nil
    ) -> RegistryError {
        let place = attribute.map { "at \($0), " } ?? ""
        let reason =
            "\(place)\(deviation.habit), and messages of organisation \(organisation) are read strictly; "
            + deviation.remedy
        let code = RegistryErrorCode.ofReading(transaction)
        let finder: ErrorFinder = transaction == .provideAndRegisterDocumentSet ? .repository : .registry
        if let subject { return subject.error(code, reason, attribute: attribute).found(by: finder) }
        let isQuery = code == .registryError
        return RegistryError(code, reason, location: isQuery ? ErrorSubject.query : nil).found(by: finder)
    }
}

extension RegistryErrorCode {
    /// The code for a message of a transaction that cannot be read as it stands.
    fileprivate static func ofReading(_ transaction: TransactionID) -> RegistryErrorCode {
        switch transaction {
        case .provideAndRegisterDocumentSet: .repositoryMetadata
        case .registryStoredQuery, .multiPatientStoredQuery: .registryError
        default: .metadata
        }
    }
}
