import PostgresKit
import XDSMetadata

/// Submissions that share a transaction (ADR 0018).
extension PostgresRegistryStore {
    /// Objects, and values in all, of a submission that shares a transaction, at most: the others wait for what its rules and rows
    /// take. A DocumentEntry has some sixty values.
    private static let (objectsOfMember, valuesOfMember) = (16, 1_000)

    /// How long a group waits for each lock of somebody else, usually longer than another group holds one. Then each of its members waits
    /// alone, so that one does not hold up others.
    private static let lockWait: PostgresQuery = "set local lock_timeout to '25ms'"

    /// Whether a submission may be registered together with others.
    ///
    /// Not one that replaces documents: its rules are about objects that are not named in it, so what they have to do with those of
    /// another submission is not known before. Nor one whose patient may become known by it, because that is undone if it is refused;
    /// nor one that is refused already, and would only take locks.
    func mayShareTransaction(_ registration: PendingRegistration) -> Bool {
        registration.needs.replacedDocuments.isEmpty
            && registration.findings.allSatisfy { $0.severity == .warning }
            && registration.submission.objectCount <= Self.objectsOfMember
            && registration.submission.valueCount <= Self.valuesOfMember
            && !registration.needs.patientIds.contains { patientDomain?.admitsOnFirstUse($0) == true }
    }

    /// Registers submissions in one transaction, each judged for itself.
    ///
    /// It is tried once more when another transaction wrote what the rules had not found: they find it then.
    /// - Returns: an outcome for each in the same order.
    func register(group: [PendingRegistration]) async -> [RegistrationGroups.Outcome] {
        do {
            do {
                return try await registerOnce(group)
            } catch let error as PostgresError where error.isConflict {
                return try await registerOnce(group)
            }
        } catch {
            return Array(repeating: Self.outcome(of: error), count: group.count)
        }
    }

    private func registerOnce(_ group: [PendingRegistration]) async throws -> [RegistrationGroups.Outcome] {
        try await client.withTransaction(durability: registrations) { transaction in
            let found = try await registryState(
                for: SubmissionNeeds(union: group.map(\.needs)), in: transaction, after: [Self.lockWait])
            let outcomes = group.map { Self.judge($0, against: found.registry, at: .now) }
            let accepted = Self.inOrder(of: found.patients, zip(group, outcomes)).compactMap { member, outcome in
                outcome.validated.map { ($0, member.organisation) }
            }
            if !accepted.isEmpty { try await transaction.executeAndCommit(Self.statements(for: accepted)) }
            return outcomes
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

    /// By the keys of the patients, in whose order a statement locks their versions (0022_patient_versions.sql): so two groups never
    /// wait for each other crosswise.
    private static func inOrder<Value>(
        of patients: [PatientID], _ members: some Sequence<(PendingRegistration, Value)>
    ) -> [(PendingRegistration, Value)] {
        let places = Dictionary(zip(patients, 0...), uniquingKeysWith: { first, _ in first })
        func place(_ member: PendingRegistration) -> Int { member.patient.flatMap { places[$0] } ?? patients.count }
        return members.sorted { place($0.0) < place($1.0) }
    }

    /// What is wrong with the database or the connection would meet each member, or leaves open what was committed. Everything else was
    /// rolled back, and may have come from one of them: what the server refused, a row that cannot be read, the leader who was
    /// cancelled.
    private static func outcome(of error: any Error) -> RegistrationGroups.Outcome {
        guard let error = error as? PostgresError else { return .alone }
        switch error.code {
        case .connectionLost, .serverUnavailable, .timedOut, .poolExhausted, .shutDown, .protocolViolation:
            return .failed(error)
        case .cancelled:
            return error.outcomeIsUnknown ? .failed(error) : .alone
        case .server, .decoding, .transactionFailed, .invalidRequest:
            return .alone
        }
    }
}
