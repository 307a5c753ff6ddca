import FoundationEssentials
import PostgresKit
import XDSMetadata

extension PostgresRegistryStore {
    /// How often a submission is tried again that met another one on the same objects.
    private static let attempts = 3

    /// Registers a submission, all of it or nothing: looks up what the rules ask for, applies them, writes, commits.
    ///
    /// Everything happens in one transaction under locks on the uniqueIds and the referenced objects, so what the rules saw
    /// is still true at the commit: of two replacements of one document exactly one wins, the other finds it Deprecated.
    func register(
        _ submission: UnverifiedSubmission, by validator: SubmissionValidator, findings: [RegistryError],
        caller: Caller,
        alongside: @escaping @Sendable (PostgresTransaction) async throws -> [RegistryError]
    ) async throws -> RegistryResponse {
        let needs = SubmissionNeeds(submission)
        return try await answering {
            try await client.withTransaction(durability: registrations) { transaction in
                let state = try await registryState(
                    for: needs, submittedBy: caller.organisation, in: transaction)
                let now = DTM(secondsSinceEpoch: Int64(Date.now.timeIntervalSince1970))
                let validated = try validator.validate(submission, against: state, at: now, findings: findings)
                let errors = try await alongside(transaction)
                guard errors.isEmpty else { throw SubmissionRefusal(errors: errors) }
                try await insert(validated, submittedBy: caller.organisation, in: transaction)
                if let set = validated.submissionSet.object.entryUUID.uuid {
                    caller.facts.note { $0.premises = [.submissionSet(set)] }
                }
                return validated.warnings
            }
        }
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
