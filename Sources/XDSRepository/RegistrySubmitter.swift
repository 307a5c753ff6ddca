public import PostgresKit
public import XDSMetadata

/// How the repository reaches its registry (ITI-42): in this process and this database, or, in another form of the
/// installation, over SOAP.
public protocol RegistrySubmitter: Sendable {
    /// The error of a submission that the registry refuses for its size, where that can be told without asking it;
    /// otherwise `nil`. `register` refuses it all the same.
    func refusedSize(of submission: UnverifiedSubmission) -> RegistryError?

    /// Registers a submission.
    ///
    /// - Parameters:
    ///   - submission: what the document source sent, completed by the repository.
    ///   - findings: errors the repository has found already; nothing is registered if there are any, but the registry's
    ///     own errors are added, so that the source sees them all at once.
    ///   - caller: who submits.
    ///   - alongside: runs inside the registry's transaction when its rules are satisfied; what it writes is committed
    ///     with the submission or not at all, and errors it returns undo everything.
    func register(
        _ submission: UnverifiedSubmission, findings: [RegistryError], caller: Caller,
        alongside: @escaping @Sendable (PostgresTransaction) async throws -> [RegistryError]
    ) async throws -> RegistryResponse
}
