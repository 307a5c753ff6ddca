import PostgresKit
import XDSMetadata

extension PostgresRegistryStore {
    /// How often a submission is tried again that met another one on the same objects.
    private static let attempts = 3

    /// Registers a submission, all of it or nothing: looks up what the rules ask for, applies them, writes, commits.
    ///
    /// Everything happens in one transaction under locks on the uniqueIds and the referenced objects, so what the rules saw
    /// is still true at the commit: of two replacements of one document exactly one wins, the other finds it Deprecated.
    /// What replaces no document shares its transaction with others that come at the same time (ADR 0018).
    /// - Parameter alongside: what else is to be committed with the submission; errors it returns undo everything.
    func register(
        _ submission: UnverifiedSubmission, by validator: SubmissionValidator, findings: [RegistryError],
        caller: Caller,
        alongside: (@Sendable (PostgresTransaction) async throws -> [RegistryError])?
    ) async throws -> RegistryResponse {
        let registration = PendingRegistration(
            submission, by: validator, findings: findings, organisation: caller.organisation)
        if alongside == nil, mayShareTransaction(registration) {
            switch await registrationGroups.register(registration, by: { await self.register(group: $0) }) {
            case .registered(let validated):
                return RegistryResponse(errors: acknowledged(validated, caller: caller))
            case .refused(let refusal): return RegistryResponse(errors: refusal.errors)
            case .failed(let error): throw error
            case .alone: break
            }
        }
        try await caller.takeTurnForConnection()
        return try await answering {
            try await client.withTransaction(durability: registrations) { transaction in
                let found = try await registryState(
                    for: registration.needs, in: transaction, after: admission(of: registration))
                let validated = try registration.validated(against: found.registry, at: .now)
                if let errors = try await alongside?(transaction), !errors.isEmpty {
                    throw SubmissionRefusal(errors: errors)
                }
                try await transaction.executeAndCommit(
                    Self.statements(for: [(validated, registration.organisation)]))
                return acknowledged(validated, caller: caller)
            }
        }
    }

    /// The warnings to a submission that is registered. Its event is written only if the SubmissionSet is there (ADR 0017).
    private func acknowledged(_ validated: ValidatedSubmission, caller: Caller) -> [RegistryError] {
        if let set = validated.submissionSet.object.entryUUID.uuid {
            caller.facts.note { $0.premises = [.submissionSet(set)] }
        }
        return validated.warnings
    }

    /// Answers for a body that changes everything, and gives its warnings, or changes nothing; it is tried again if another
    /// transaction stood in its way.
    func answering(_ body: () async throws -> [RegistryError]) async throws -> RegistryResponse {
        var attempt = 1
        while true {
            do {
                return RegistryResponse(errors: try await body())
            } catch let refusal as SubmissionRefusal {
                return RegistryResponse(errors: refusal.errors)
            } catch let error as PostgresError where error.isConflict && attempt < Self.attempts {
                attempt += 1
            }
        }
    }
}

extension PostgresError {
    /// Another transaction stood in the way, and the same submission may well succeed now.
    var isConflict: Bool {
        sqlState == .serializationFailure || sqlState == .deadlockDetected || sqlState == .uniqueViolation
    }
}
