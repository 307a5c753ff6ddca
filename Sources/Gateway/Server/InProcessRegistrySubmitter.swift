import PostgresKit
import XDSMetadata
import XDSRegistry
import XDSRepository

/// Joins the repository to the registry of the same process and database (ADR 0003).
struct InProcessRegistrySubmitter: RegistrySubmitter {
    let registry: DocumentRegistry

    func refusedSize(of submission: UnverifiedSubmission) -> RegistryError? { registry.refusedSize(of: submission) }

    func register(
        _ submission: UnverifiedSubmission, findings: [RegistryError], caller: Caller,
        alongside: @escaping @Sendable (PostgresTransaction) async throws -> [RegistryError]
    ) async throws -> RegistryResponse {
        try await registry.register(
            submission, as: .provideAndRegisterDocumentSet, findings: findings, caller: caller, alongside: alongside)
    }
}
