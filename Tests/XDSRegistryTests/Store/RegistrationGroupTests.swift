import FoundationEssentials
import NIOCore
import PostgresKit
import SOAPKit
import Synchronization
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
            let groups = bench.store.registrationGroups.figures.groups
            #expect(groups < Self.count, "\(groups) groups")
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

    /// Has the database refuse rows of the document that a sample brings.
    private static func refuseRows(of sample: SampleSubmission, in bench: RegistryBench, as condition: String)
        async throws
    {
        _ = try await bench.client.query(
            """
            create function refuse() returns trigger language plpgsql as $$
            begin raise exception using errcode = '\(unescaped: condition)'; end $$
            """)
        _ = try await bench.client.query(
            """
            create trigger refuse after insert on document_entry for each row
            when (new.unique_id = '\(unescaped: sample.documentEntry.uniqueId)') execute function refuse()
            """)
    }

    private static func registerAtOnce(
        _ samples: [SampleSubmission], _ bench: RegistryBench
    ) async throws -> [Result<RegistryResponse, any Error>] {
        await withTaskGroup(of: Result<RegistryResponse, any Error>.self) { group in
            for sample in samples {
                group.addTask {
                    do { return .success(try await bench.register(sample)) } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("what the database refuses for one member is tried again by each alone", arguments: ["23514", "40P01"])
    func failing(condition: String) async throws {
        try await RegistryBench.with { bench in
            let samples = Self.samples()
            try await Self.refuseRows(of: samples[2], in: bench, as: condition)
            let before = try await bench.rowCounts()
            let outcomes = await bench.store.register(group: samples.prefix(4).map { Self.pending($0) })
            #expect(Self.codes(outcomes) == ["alone", "alone", "alone", "alone"])
            #expect(try await bench.rowCounts() == before)

            let results = try await Self.registerAtOnce(samples, bench)
            #expect(results.count { (try? $0.get())?.status == .success } == Self.count - 1)
            #expect(try await bench.rowCounts()["submission_set"] == Int64(Self.count - 1))
        }
    }

    @Test("a group that another transaction overtook is tried once more, and only then each alone", arguments: [1, 2])
    func overtaken(times: Int) async throws {
        try await RegistryBench.with { bench in
            // Numbers of a sequence are not taken back with the transaction that drew them.
            _ = try await bench.client.query("create sequence attempt")
            _ = try await bench.client.query(
                """
                create function refuse() returns trigger language plpgsql as $$
                begin
                    if nextval('attempt') <= \(unescaped: String(times)) then raise exception using errcode = '23505'; end if;
                    return null;
                end $$
                """)
            _ = try await bench.client.query(
                "create trigger refuse after insert on document_entry for each statement execute function refuse()")
            let outcomes = await bench.store.register(group: Self.samples(4).map { Self.pending($0) })
            let expected = times == 1 ? "registered" : "alone"
            #expect(Self.codes(outcomes) == Array(repeating: expected, count: 4))
            #expect(try await bench.rowCounts()["submission_set"] == (times == 1 ? 4 : 0))
        }
    }

    @Test("the ids by which submissions are kept apart are those of their objects: uniqueIds, and UUIDs of the sender")
    func ownIds() {
        var sample = SampleMetadata.submission(documents: 1, folders: 1)
        let uniqueIds = [
            sample.documentEntry.uniqueId, sample.submissionSet.uniqueId, sample.folder.uniqueId,
        ]
        #expect(Self.pending(sample).needs.ownIds == Set(uniqueIds))
        let ids = [sample.identify(), sample.identifyFolder()]
        sample.link(folder: UUID().urn, documentEntry: ids[0].urn)
        #expect(Self.pending(sample).needs.ownIds == Set(uniqueIds + ids.map(\.urn)))
    }

    @Test("a group waits for the lock of somebody else for a moment only; then each member waits alone")
    func locked() async throws {
        try await RegistryBench.with { bench in
            let samples = Self.samples(4)
            let outcomes = try await bench.client.withTransaction { transaction in
                _ = try await transaction.query(
                    "select from patient where patient_id = \(SampleMetadata.otherPatientId) for update")
                let outcomes = await bench.store.register(group: samples.map { Self.pending($0) })
                let free = await bench.store.register(group: [Self.pending(samples[0])])
                return outcomes + free
            }
            #expect(Self.codes(outcomes) == ["alone", "alone", "alone", "alone", "registered"])
        }
    }

    @Test("who is not concerned by a lock is registered while it is held")
    func beside() async throws {
        try await RegistryBench.with { bench in
            let late = try await bench.client.withTransaction { transaction in
                _ = try await transaction.query(
                    "select from patient where patient_id = \(SampleMetadata.otherPatientId) for update")
                let blocked = (0..<3).map { _ in
                    SampleMetadata.submission(patientId: SampleMetadata.otherPatientId)
                }
                // A task of its own, because it goes on when the lock is gone.
                let late = Task { try await Self.registerAtOnce(blocked, bench) }
                let others = try await Self.registerAtOnce(
                    (0..<Self.count).map { _ in SampleMetadata.submission() }, bench)
                #expect(try others.allSatisfy { try $0.get().status == .success })
                #expect(try await bench.rowCounts()["submission_set"] == Int64(Self.count))
                return late
            }
            #expect(try await late.value.allSatisfy { try $0.get().status == .success })
        }
    }

    @Test("a group whose leader is cancelled writes nothing, and each is tried alone")
    func cancelled() async throws {
        try await RegistryBench.with { bench in
            let group = Self.samples(3).map { Self.pending($0) }
            let leader = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await bench.store.register(group: group)
            }
            #expect(Self.codes(await leader.value) == ["alone", "alone", "alone"])
            let rows = try await bench.rowCounts()
            #expect(rows["submission_set"] == 0)
        }
    }

    /// Groups of one at a time, whose members are refused in the name of their organisation; the first waits until it is let go.
    private final class Refusing: Sendable {
        let groups = RegistrationGroups(groupsAtOnce: 1)
        let sizes = Mutex<[Int]>([])
        private let isOpen = Atomic<Bool>(false)

        func letGo() { isOpen.store(true, ordering: .relaxed) }

        /// What an organisation is told.
        func register(_ organisation: String) async -> String {
            let registration = RegistrationGroupTests.pending(SampleMetadata.submission(), organisation: organisation)
            let outcome = await groups.register(registration) { group in
                sizes.withLock { $0.append(group.count) }
                while !isOpen.load(ordering: .relaxed), !Task.isCancelled { await Task.yield() }
                return group.map {
                    .refused(SubmissionRefusal(errors: [RegistryError(.metadata, $0.organisation)]))
                }
            }
            guard case .refused(let refusal) = outcome else { return "" }
            return refusal.errors[0].context
        }
    }

    @Test("who leads tells each of its group what became of it, and the next group begins", .timeLimit(.minutes(1)))
    func tells() async throws {
        let refusing = Refusing()
        async let first = refusing.register("first")
        while refusing.sizes.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(1)) }
        let names = (0..<20).map { "o\($0)" }
        try await withThrowingTaskGroup(of: (String, String).self) { tasks in
            for name in names { tasks.addTask { (name, await refusing.register(name)) } }
            while refusing.groups.waiting < names.count { try await Task.sleep(for: .milliseconds(1)) }
            refusing.letGo()
            for try await (name, told) in tasks { #expect(told == name) }
        }
        let told = await first
        #expect(told == "first")
        #expect(refusing.sizes.withLock { $0 } == [1, 16, 4])
        #expect(refusing.groups.figures == .init(groups: 3, decided: 21, alone: 0, failed: 0))
    }

    @Test("what has a transaction of its own waits for a turn that has a connection; without one, that is the answer")
    func connections() async throws {
        try await RegistryBench.with { bench in
            let taken = Atomic<Int>(0)
            let late = SOAPFault.receiver("waited too long for its turn", httpStatus: 429)
            func caller(_ takeTurnForConnection: @escaping @Sendable () async throws -> Void) -> Caller {
                Caller(
                    requestID: "request", organisation: "ziekenhuis", mayCall: { _ in true },
                    maySubmitAs: { _ in true }, mayChange: { _ in true }, takeTurnForConnection: takeTurnForConnection)
            }
            let waiting = caller { throw late }
            let old = SampleSubmission.single()
            let first = try await bench.registry.register(old.sample.completed().unverified, caller: waiting)
            #expect(first.status == .success, "it shares")
            let replacement = SampleSubmission.related(.replace, to: old.id).sample.completed()
            await #expect(throws: late) {
                try await bench.registry.register(replacement.unverified, caller: waiting)
            }
            // As the handler answers, too.
            let router = SOAPRouter(operations: bench.registry.operations, attachments: NoAttachments())
            func answer(_ message: SampleMessage, _ caller: Caller) async throws -> Int {
                let body = AsyncStream { stream in
                    stream.yield(message.body)
                    stream.finish()
                }
                return await router.respond(
                    contentType: message.contentType, body: body, context: caller, requestID: "request"
                ).status
            }
            #expect(try await answer(SampleMessage.register(replacement), waiting) == 429)
            #expect(try await bench.rowCounts()["submission_set"] == 1)
            // A large message is not even decoded: otherwise it would be told that it cannot be.
            let large = SampleMessage.register(SampleMetadata.submission(documents: 60).completed())
            let broken = String(buffer: large.body).replacing(
                "</rim:RegistryObjectList>", with: "<rim:Unknown/></rim:RegistryObjectList>")
            #expect(try await answer(SampleMessage.simple(ByteBuffer(string: broken)), waiting) == 429)
            #expect(try await answer(SampleMessage.simple(ByteBuffer(string: broken)), caller {}) == 200)
            let patient = caller { taken.add(1, ordering: .relaxed) }
            let second = try await bench.registry.register(replacement.unverified, caller: patient)
            #expect(second.status == .success)
            #expect(taken.load(ordering: .relaxed) == 1)
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
            var large = SampleMetadata.submission()
            large.documentEntry.object.setSlot("urn:example:many", (0..<1_000).map { "\($0)" })
            #expect(!mayShare(large), "more than 1,000 values")
            let refused = PendingRegistration(
                SampleMetadata.submission().completed().unverified, by: SubmissionValidator(.registerDocumentSet),
                findings: [RegistryError(.metadata, "not allowed")], organisation: "ziekenhuis")
            #expect(!bench.store.mayShareTransaction(refused))
            let admitting = PostgresRegistryStore(
                client: bench.client, patientDomain: try FeedBench.domain(admission: .registerOnFirstUse))
            #expect(!mayShare(SampleMetadata.submission(), admitting))
            #expect(mayShare(SampleMetadata.submission(patientId: "1^^^&2.999.77&ISO"), admitting))
            let response = try await bench.register(SampleMetadata.submission(documents: 20))
            #expect(response.status == .success)
        }
    }
}
