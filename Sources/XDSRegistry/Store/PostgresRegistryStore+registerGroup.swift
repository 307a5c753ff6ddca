import PostgresKit
import XDSMetadata

/// Submissions that share a transaction (ADR 0018).
extension PostgresRegistryStore {
    /// Objects of a submission that shares a transaction, at most: the others wait for what its rules and rows take.
    private static let objectsOfMember = 16

    /// How long a group waits for a lock of somebody else. Then each of its members waits alone, so that one does not hold up others.
    private static let lockWait: PostgresQuery = "set local lock_timeout to '100ms'"

    /// Whether a submission may be registered together with others.
    ///
    /// Not one that changes what is there: its rules are about objects that are not named in it, so what they have to do with those of
    /// another submission is not known before. Nor one whose patient becomes known by it, because that is undone if it is refused.
    func mayShareTransaction(_ registration: PendingRegistration) -> Bool {
        registration.needs.replacedDocuments.isEmpty
            && registration.submission.objectCount <= Self.objectsOfMember
            && !registration.needs.patientIds.contains { patientDomain?.admitsOnFirstUse($0) == true }
    }

    /// Registers submissions in one transaction, each judged for itself.
    /// - Returns: an outcome for each in the same order.
    func register(group: [PendingRegistration]) async -> [RegistrationGroups.Outcome] {
        do {
            return try await client.withTransaction(durability: registrations) { transaction in
                let state = try await registryState(
                    for: SubmissionNeeds(union: group.map(\.needs)), in: transaction, after: [Self.lockWait])
                let outcomes = group.map { Self.judge($0, against: state, at: .now) }
                let accepted = zip(group, outcomes).sorted { Self.isWritten($0.0, before: $1.0) }
                    .compactMap { registration, outcome in outcome.validated.map { ($0, registration.organisation) } }
                if !accepted.isEmpty { try await transaction.executeAndCommit(Self.statements(for: accepted)) }
                return outcomes
            }
        } catch {
            return Array(repeating: Self.outcome(of: error), count: group.count)
        }
    }

    private static func judge(
        _ registration: PendingRegistration, against state: RegistryState, at now: DTM
    ) -> RegistrationGroups.Outcome {
        do throws(SubmissionRefusal) {
            return .registered(try registration.validated(against: state, at: now))
        } catch {
            return .refused(error)
        }
    }

    /// By their patients, whose versions are locked as they change: so two groups hardly ever wait for each other crosswise, and if they
    /// do, not longer than ``lockWait``.
    private static func isWritten(_ one: PendingRegistration, before other: PendingRegistration) -> Bool {
        (one.needs.patientIds.first?.cx ?? "") < (other.needs.patientIds.first?.cx ?? "")
    }

    /// What the server refused may have come from one member, and a cancellation is that of the leader. Everything else would meet each of them.
    private static func outcome(of error: any Error) -> RegistrationGroups.Outcome {
        switch (error as? PostgresError)?.code {
        case .connectionLost, .serverUnavailable, .timedOut, .poolExhausted, .shutDown: .failed(error)
        default: .alone
        }
    }
}
