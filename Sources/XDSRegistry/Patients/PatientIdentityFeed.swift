import HL7Kit
import PostgresKit
public import XDSMetadata

/// What the messages of the patient identity feed do to the register: the same for HL7 v2 (ITI-8, ITI-64) and v3
/// (ITI-44).
///
/// Only ids of the affinity domain count; of the others, the registry has no need.
/// - Source: ITI TF-2: 3.8.4.1.3 and 3.8.4.2.3, 3.44.4, 3.64.4.
public struct PatientIdentityFeed: Sendable {
    let register: PatientRegister
    let domain: PatientDomain
    let internalError: @Sendable (any Error, String) -> RegistryError

    /// A feed.
    /// - Parameters:
    ///   - register: what it changes.
    ///   - domain: whose ids it takes.
    ///   - internalError: what a partner is told of a failure inside, given the error and the request id.
    public init(
        register: PatientRegister, domain: PatientDomain,
        internalError: @escaping @Sendable (any Error, String) -> RegistryError
    ) {
        self.register = register
        self.domain = domain
        self.internalError = internalError
    }

    /// The ids of one registration, and those that they replace.
    struct Registration {
        var ids: [FeedIdentifier]
        var priorIDs: [FeedIdentifier] = []
    }

    /// What the sender should know of a message that is accepted.
    struct Note {
        let text: String
    }

    // MARK: Effects

    /// Makes the ids of the domain known.
    func add(
        _ registrations: [Registration], origin: PatientRegister.Origin, noting facts: TransactionFacts
    ) async throws -> Note? {
        var patients: [PatientID] = []
        for (number, registration) in registrations.enumerated() {
            let owned = try owned(registration.ids, .patient, number)
            if domain.bsnCheck == .reject, owned.contains(where: domain.failsElevenTest) {
                throw PatientFeedProblem(reason: .notBSN, part: .patient, registration: number)
            }
            patients += owned
        }
        let noted = patients.map { TransactionFacts.PatientChange(.created, $0.cx) }
        facts.note { $0.patientChanges = noted }
        _ = try await register.add(patients, origin: origin)
        guard patients.contains(where: domain.failsElevenTest) else { return nil }
        return Note(text: "accepted, but an id is no BSN: it fails the eleven test")
    }

    /// Merges the prior id of each registration into its id.
    func merge(
        _ registrations: [Registration], origin: PatientRegister.Origin, noting facts: TransactionFacts
    ) async throws {
        let merges = try registrations.enumerated().map { number, registration in
            PatientMerge(
                survivor: try onlyOwned(registration.ids, .patient, number),
                subsumed: try onlyOwned(registration.priorIDs, .prior, number))
        }
        let noted = merges.flatMap { merge in
            [
                TransactionFacts.PatientChange(.subsumed, merge.subsumed.cx),
                TransactionFacts.PatientChange(.updated, merge.survivor.cx),
            ]
        }
        facts.note { $0.patientChanges = noted }
        do {
            _ = try await register.merge(merges, origin: origin)
        } catch let refusal as PatientChangeRefusal {
            throw PatientFeedProblem(refusal, registration: refusal.position)
        }
    }

    /// Gives the entries of the local id of each registration to another patient.
    func changeLinks(
        _ registrations: [Registration], sourceId: OID, origin: PatientRegister.Origin, noting facts: TransactionFacts
    ) async throws {
        let changes = try registrations.enumerated().map { number, registration in
            LinkChange(
                localID: try onlyLocal(registration.ids, .patient, number),
                subsumedLocalID: try local(registration.priorIDs, .prior, number).first,
                previous: try onlyOwned(registration.priorIDs, .prior, number),
                new: try onlyOwned(registration.ids, .patient, number), sourceId: sourceId)
        }
        let noted = changes.flatMap { $0.facts }
        facts.note { $0.patientChanges = noted }
        for (number, change) in changes.enumerated() {
            do {
                _ = try await register.change(change, origin: origin)
            } catch let refusal as PatientChangeRefusal {
                throw PatientFeedProblem(refusal, registration: number)
            }
        }
    }

    // MARK: Ids

    /// The ids of the domain.
    /// - Throws: PatientFeedProblem if there is none.
    private func owned(
        _ ids: [FeedIdentifier], _ part: PatientFeedProblem.Part, _ number: Int
    ) throws(PatientFeedProblem) -> [PatientID] {
        let owned = ids.filter(domain.owns)
        guard !owned.isEmpty else {
            let found = ids.filter { !$0.id.isEmpty }.map(\.authorityText)
            throw PatientFeedProblem(reason: .noIDOfDomain(found: found), part: part, registration: number)
        }
        let patients = owned.compactMap { domain.patientID($0) { HL7Escape.encode($0, .standard) } }
        guard patients.count == owned.count else {
            throw PatientFeedProblem(reason: .malformed, part: part, registration: number)
        }
        return patients
    }

    private func onlyOwned(
        _ ids: [FeedIdentifier], _ part: PatientFeedProblem.Part, _ number: Int
    ) throws(PatientFeedProblem) -> PatientID {
        let patients = Set(try owned(ids, part, number))
        guard patients.count == 1, let patient = patients.first else {
            throw PatientFeedProblem(reason: .severalIDs, part: part, registration: number)
        }
        return patient
    }

    /// The ids of other domains, as a sourcePatientId has them.
    private func local(
        _ ids: [FeedIdentifier], _ part: PatientFeedProblem.Part, _ number: Int
    ) throws(PatientFeedProblem) -> [PatientID] {
        let others = ids.filter { !$0.id.isEmpty && !domain.owns($0) }
        let patients = Set(others.compactMap { domain.patientID($0) { HL7Escape.encode($0, .standard) } })
        guard patients.count <= 1, patients.isEmpty == others.isEmpty else {
            throw PatientFeedProblem(reason: .noLocalID, part: part, registration: number)
        }
        return Array(patients)
    }

    private func onlyLocal(
        _ ids: [FeedIdentifier], _ part: PatientFeedProblem.Part, _ number: Int
    ) throws(PatientFeedProblem) -> PatientID {
        guard let patient = try local(ids, part, number).first else {
            throw PatientFeedProblem(reason: .noLocalID, part: part, registration: number)
        }
        return patient
    }
}

extension PatientFeedProblem {
    /// A refusal of the register, in the words of the feed.
    fileprivate init(_ refusal: PatientChangeRefusal, registration: Int) {
        self.init(
            reason: .refused(refusal.reason), part: refusal.part == .survivor ? .patient : .prior,
            registration: registration)
    }
}

extension LinkChange {
    /// - Source: ITI TF-2: 3.64, security audit considerations.
    fileprivate var facts: [TransactionFacts.PatientChange] {
        var changes: [TransactionFacts.PatientChange] = [
            .init(.linked("newPatientId"), new.cx), .init(.linked("previousPatientId"), previous.cx),
            .init(.linked("localPatientId"), localID.cx),
        ]
        if let subsumedLocalID { changes.append(.init(.linked("subsumedPatientId"), subsumedLocalID.cx)) }
        return changes
    }
}
