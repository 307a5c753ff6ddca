import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Registrations that share a transaction")
struct RegistrationGroupTests {
    /// More than go at once, so that the others gather.
    private static let count = 24

    private static func pending(
        _ sample: SampleSubmission, organisation: String = "ziekenhuis"
    ) -> PendingRegistration {
        PendingRegistration(
            sample.completed().unverified, by: SubmissionValidator(.registerDocumentSet), findings: [],
            organisation: organisation)
    }

    /// Samples of both patients in turn.
    private static func samples(_ count: Int = count) -> [SampleSubmission] {
        (0..<count).map {
            SampleMetadata.submission(
                documents: 1 + $0 % 3,
                patientId: $0.isMultiple(of: 2) ? SampleMetadata.patientId : SampleMetadata.otherPatientId)
        }
    }

    private static func codes(_ outcomes: [RegistrationGroups.Outcome]) -> [String] {
        outcomes.map {
            switch $0 {
            case .registered: "registered"
            case .refused(let refusal): refusal.errors.map(\.code.rawValue).joined(separator: " ")
            case .alone: "alone"
            case .failed: "failed"
            }
        }
    }

    @Test("a group is one transaction, and each row is that of its own submission and organisation")
    func oneTransaction() async throws {
        try await RegistryBench.with { bench in
            let samples = Self.samples(16)
            let group = samples.enumerated().map { Self.pending($1, organisation: "o\($0)") }
            let outcomes = await bench.store.register(group: group)
            #expect(Self.codes(outcomes) == Array(repeating: "registered", count: 16))
            #expect(try await bench.number("select count(distinct xmin::text) from submission_set") == 1)
            for (number, outcome) in outcomes.enumerated() {
                let set = try #require(outcome.validated).submissionSet.object
                let uniqueId = samples[number].submissionSet.object.identifiers(
                    scheme: EbRIMVocabulary.Scheme.submissionSetUniqueId
                ).first?.value
                #expect(set.uniqueId.text == uniqueId)
                let found = try await bench.client.query(
                    """
                    select s.submitted_by, p.patient_id, count(e.entry_uuid), bool_and(e.submitted_by = s.submitted_by
                        and e.patient_key = s.patient_key and position(e.unique_id in e.fragment) > 0)
                    from submission_set s join patient p using (patient_key)
                        join document_entry e on e.submission_set = s.entry_uuid
                    where s.unique_id = \(set.uniqueId.text) group by 1, 2
                    """)
                #expect(try found.decode(String.self, row: 0, column: 0) == "o\(number)")
                #expect(try found.decode(String.self, row: 0, column: 1) == set.patientId.cx)
                #expect(try found.decode(Int64.self, row: 0, column: 2) == Int64(1 + number % 3))
                #expect(try found.decode(Bool.self, row: 0, column: 3))
            }
            #expect(try await bench.rowCounts()["association"] == bench.rowCounts()["document_entry"])
        }
    }

    @Test("what comes at the same time shares transactions")
    func shares() async throws {
        try await RegistryBench.with { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sample in Self.samples() { group.addTask { try await bench.accept(sample) } }
                try await group.waitForAll()
            }
            #expect(try await bench.rowCounts()["submission_set"] == Int64(Self.count))
            let transactions = try await bench.number("select count(distinct xmin::text) from submission_set")
            #expect(transactions < Self.count, "\(transactions) transactions")
        }
    }

    @Test("one that the rules refuse does not concern the others, nor leaves a row")
    func refused() async throws {
        try await RegistryBench.with { bench in
            var samples = Self.samples(5)
            samples[1] = SampleMetadata.submission(patientId: "unknown^^^&2.999.1&ISO")
            samples[3].documentEntry.object.classifications.removeAll {
                $0.classificationScheme == EbRIMVocabulary.Scheme.typeCode
            }
            let outcomes = await bench.store.register(group: samples.map { Self.pending($0) })
            #expect(
                Self.codes(outcomes)
                    == ["registered", "XDSUnknownPatientId", "registered", "XDSRegistryMetadataError", "registered"])
            let rows = try await bench.rowCounts()
            #expect(rows["submission_set"] == 3)
            let none = await bench.store.register(group: [Self.pending(samples[1])])
            #expect(Self.codes(none) == ["XDSUnknownPatientId"])
        }
    }

    @Test("what the database refuses for one member is tried again by each alone")
    func failing() async throws {
        try await RegistryBench.with { bench in
            let before = try await bench.rowCounts()
            // Both are new to the rules, which see what is registered; the database finds the second.
            var samples = Self.samples(4)
            let id = samples[0].identify()
            samples[2].identify(as: id)
            let outcomes = await bench.store.register(group: samples.map { Self.pending($0) })
            #expect(Self.codes(outcomes) == ["alone", "alone", "alone", "alone"])
            #expect(try await bench.rowCounts() == before)

            let responses = try await withThrowingTaskGroup(of: RegistryResponse.self) { group in
                for sample in samples + Self.samples() { group.addTask { try await bench.register(sample) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(responses.flatMap(\.errors).map(\.code) == [.metadata])
            #expect(responses.count { $0.status == .success } == Self.count + 3)
        }
    }

    @Test("a lock that somebody else holds holds up whom it concerns alone")
    func locked() async throws {
        try await RegistryBench.with { bench in
            let blocked = SampleMetadata.submission(patientId: SampleMetadata.otherPatientId)
            let late = try await bench.client.withTransaction { transaction in
                _ = try await transaction.query(
                    "select from patient where patient_id = \(SampleMetadata.otherPatientId) for update")
                // A task of its own, because it goes on when the lock is gone.
                let late = Task { try await bench.register(blocked) }
                let others = try await withThrowingTaskGroup(of: RegistryResponse.self) { group in
                    for _ in 0..<Self.count {
                        group.addTask { try await bench.register(SampleMetadata.submission()) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(others.allSatisfy { $0.status == .success })
                #expect(try await bench.rowCounts()["submission_set"] == Int64(Self.count))
                return late
            }
            #expect(try await late.value.status == .success)

            let outcomes = try await bench.client.withTransaction { transaction in
                _ = try await transaction.query(
                    "select from patient where patient_id = \(SampleMetadata.otherPatientId) for update")
                return await bench.store.register(group: Self.samples(2).map { Self.pending($0) })
            }
            #expect(Self.codes(outcomes) == ["alone", "alone"])
        }
    }

    @Test("the others of a group do not suffer when the one who leads it is cancelled")
    func cancelled() async throws {
        try await RegistryBench.with { bench in
            let groups = RegistrationGroups(groupsAtOnce: 1)
            @Sendable func register(_ sample: SampleSubmission) async -> RegistrationGroups.Outcome {
                await groups.register(Self.pending(sample), by: { await bench.store.register(group: $0) })
            }
            let outcomes = try await bench.client.withTransaction { transaction in
                _ = try await transaction.query(
                    "select from patient where patient_id = \(SampleMetadata.patientId) for update")
                let leader = Task { await register(SampleMetadata.submission()) }
                let others = Task {
                    await withTaskGroup(of: RegistrationGroups.Outcome.self) { group in
                        for _ in 0..<4 {
                            group.addTask {
                                await register(
                                    SampleMetadata.submission(patientId: SampleMetadata.otherPatientId))
                            }
                        }
                        return await group.reduce(into: []) { $0.append($1) }
                    }
                }
                leader.cancel()
                return (await leader.value, await others.value)
            }
            #expect(Self.codes([outcomes.0]) == ["alone"])
            #expect(Self.codes(outcomes.1).allSatisfy { $0 == "registered" || $0 == "alone" })
        }
    }

    @Test("a database that is gone fails each of a group; nobody waits for it once more")
    func gone() async throws {
        try await RegistryBench.with { bench in
            await bench.client.shutDown()
            let outcomes = await bench.store.register(group: Self.samples(3).map { Self.pending($0) })
            #expect(Self.codes(outcomes) == ["failed", "failed", "failed"])
            await #expect(throws: PostgresError.self) { try await bench.register(SampleMetadata.submission()) }
        }
    }

    @Test("what replaces, what is large, and whose patient becomes known by it has a transaction of its own")
    func alone() async throws {
        try await RegistryBench.with { bench in
            func mayShare(_ sample: SampleSubmission, _ store: PostgresRegistryStore? = nil) -> Bool {
                (store ?? bench.store).mayShareTransaction(Self.pending(sample))
            }
            #expect(mayShare(SampleMetadata.submission(documents: 3, folders: 1)))
            #expect(mayShare(SampleSubmission.related(.append, to: UUID()).sample))
            for type in [AssociationType.replace, .transformAndReplace] {
                #expect(!mayShare(SampleSubmission.related(type, to: UUID()).sample))
            }
            #expect(!mayShare(SampleMetadata.submission(documents: 8)), "17 objects")
            let admitting = PostgresRegistryStore(
                client: bench.client, patientDomain: try FeedBench.domain(admission: .registerOnFirstUse))
            #expect(!mayShare(SampleMetadata.submission(), admitting))
            #expect(mayShare(SampleMetadata.submission(patientId: "1^^^&2.999.77&ISO"), admitting))
            let response = try await bench.register(SampleMetadata.submission(documents: 20))
            #expect(response.status == .success)
        }
    }
}
