import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Merges of patients")
struct PatientMergeTests {
    private static let survivor = SampleMetadata.patientId
    private static let subsumed = SampleMetadata.otherPatientId

    @Test(
        "3.8.4.2.3: objects of both answer queries by the survivor, with its id; queries by the subsumed id find nothing"
    )
    func movesObjects() async throws {
        try await RegistryBench.with { bench in
            let mine = SampleSubmission.single(patientId: Self.survivor)
            try await bench.accept(mine.sample)
            var other = SampleMetadata.submission(documents: 1, folders: 1, patientId: Self.subsumed)
            let id = other.identify()
            let folder = other.identifyFolder()
            other.link(folder: folder.urn, documentEntry: id.urn)
            try await bench.accept(other)
            let before = try await bench.entry(id)

            #expect(try await bench.merge(Self.subsumed, into: Self.survivor) == 3)

            #expect(try await bench.find(.findDocuments(patientId: Self.survivor)) == [mine.id, id])
            #expect(try await bench.find(.findDocuments(patientId: Self.subsumed)).isEmpty)
            let after = try await bench.entry(id)
            let scheme = EbRIMVocabulary.Scheme.documentEntryPatientId
            #expect(after.object.identifiers(scheme: scheme).map(\.value) == [Self.survivor])
            #expect(after.object.slots == before.object.slots, "sourcePatientId and sourcePatientInfo stay")
            var expected = before
            expected.object.setIdentifier(scheme, Self.survivor)
            #expect(after == expected, "nothing else changes")
            for table in ["submission_set", "folder"] {
                let ids = try await bench.stored(in: table).packages.flatMap(\.object.externalIdentifiers)
                    .compactMap(\.value)
                #expect(ids.contains(Self.survivor) && !ids.contains(Self.subsumed), "\(table)")
            }
        }
    }

    @Test(
        "XDSUnknownPatientId: a submission for a subsumed id is refused; one for the survivor may replace its documents"
    )
    func refusesSubsumed() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single(patientId: Self.subsumed)
            try await bench.accept(old.sample)
            try await bench.merge(Self.subsumed, into: Self.survivor)
            let refused = try await bench.register(SampleMetadata.submission(patientId: Self.subsumed))
            #expect(refused.errors.map(\.code) == [.unknownPatientId])
            #expect(refused.errors.first?.context.contains("merged into another one") == true)
            let replacement = SampleSubmission.related(.replace, to: old.id)
            try await bench.accept(replacement.sample)
            #expect(try await bench.status(of: old.id).first == "Deprecated")
        }
    }

    @Test(
        "3.8.4.2.3: a merge is refused without a change",
        arguments: [
            ("9", "8", PatientChangeRefusal.Reason.unknown, PatientChangeRefusal.Part.survivor),
            ("1", "8", .unknown, .subsumed), ("1", "1", .sameID, .subsumed), ("1", "3", .subsumed, .subsumed),
            ("3", "1", .subsumed, .survivor),
        ])
    func refuses(
        survivor: String, subsumed: String, reason: PatientChangeRefusal.Reason, part: PatientChangeRefusal.Part
    ) async throws {
        try await RegistryBench.with { bench in
            for id in ["1", "2", "3"] { _ = try await bench.patients.add(FeedBench.patient(id), source: "test") }
            try await bench.merge(FeedBench.cx("3"), into: FeedBench.cx("2"))
            let before = try await bench.text("select string_agg(p::text, ' ' order by patient_key) from patient p")
            let refusal = await #expect(throws: PatientChangeRefusal.self) {
                try await bench.merge(FeedBench.cx(subsumed), into: FeedBench.cx(survivor))
            }
            #expect(refusal?.reason == reason && refusal?.part == part)
            #expect(refusal?.description.contains("^") == false)
            let after = try await bench.text("select string_agg(p::text, ' ' order by patient_key) from patient p")
            #expect(before == after)
        }
    }

    @Test("of several merges in one message none happens if one is refused, and the refusal says which")
    func allOrNone() async throws {
        try await RegistryBench.with { bench in
            for id in ["1", "2", "3"] { _ = try await bench.patients.add(FeedBench.patient(id), source: "test") }
            let merges = [
                PatientMerge(survivor: try FeedBench.patient("1"), subsumed: try FeedBench.patient("2")),
                PatientMerge(survivor: try FeedBench.patient("2"), subsumed: try FeedBench.patient("3")),
            ]
            let refusal = await #expect(throws: PatientChangeRefusal.self) {
                try await bench.patients.merge(merges, origin: .administration)
            }
            #expect(refusal?.position == 1 && refusal?.reason == .subsumed && refusal?.part == .survivor)
            #expect(try await bench.number("select count(*) from patient where status = 'subsumed'") == 0)
        }
    }

    @Test("merges chain: documents end with the last survivor, and the list names it")
    func chains() async throws {
        try await RegistryBench.with { bench in
            for id in ["1", "2", "3"] { _ = try await bench.patients.add(FeedBench.patient(id), source: "test") }
            let document = SampleSubmission.single(patientId: FeedBench.cx("1"))
            try await bench.accept(document.sample)
            try await bench.merge(FeedBench.cx("1"), into: FeedBench.cx("2"))
            try await bench.merge(FeedBench.cx("2"), into: FeedBench.cx("3"))
            #expect(try await bench.find(.findDocuments(patientId: FeedBench.cx("3"))) == [document.id])
            #expect(try await bench.find(.findDocuments(patientId: FeedBench.cx("2"))).isEmpty)
            let survivors = try await bench.patients.list(limit: 10).suffix(3).map(\.survivor)
            #expect(survivors == [FeedBench.cx("3"), FeedBench.cx("3"), nil])
        }
    }

    @Test("consent: an objection under the subsumed id holds for the survivor; other decisions fill what is undecided")
    func carriesConsent() async throws {
        try await RegistryBench.with { bench in
            for (patient, kind, decision) in [
                (Self.subsumed, "*", "withdrawn"), (Self.survivor, "*", "given"), (Self.subsumed, "Z3", "given"),
                (Self.subsumed, "V4", "given"), (Self.survivor, "V4", "withdrawn"),
            ] {
                _ = try await bench.client.query(
                    """
                    insert into patient_consent (patient_key, organisation_kind, decision, decided_on, source)
                    select patient_key, \(kind), \(decision), '2026-01-02', 'balie' from patient where patient_id = \(patient)
                    """)
            }
            try await bench.merge(Self.subsumed, into: Self.survivor)
            let decisions = try await bench.text(
                """
                select string_agg(organisation_kind || '=' || decision, ' ' order by organisation_kind)
                from patient_consent join patient using (patient_key) where patient_id = \(Self.survivor)
                """)
            #expect(decisions == "*=withdrawn V4=withdrawn Z3=given")
            #expect(try await bench.number("select count(*) from patient_consent_event") == 2)
        }
    }

    @Test("ids with characters that XML and SQL have their own use for are moved as they are")
    func specialCharacters() async throws {
        try await RegistryBench.with { bench in
            let from = #"a"b\T\1&<c>"#.replacing("&", with: "\\T\\")
            let to = #"x\1"y\\z<&"#.replacing("&", with: "")
            for id in [from, to] { _ = try await bench.patients.add(FeedBench.patient(id), source: "test") }
            let document = SampleSubmission.single(patientId: FeedBench.cx(from))
            try await bench.accept(document.sample)
            try await bench.merge(FeedBench.cx(from), into: FeedBench.cx(to))
            let entry = try await bench.entry(document.id)
            let scheme = EbRIMVocabulary.Scheme.documentEntryPatientId
            #expect(entry.object.identifiers(scheme: scheme).map(\.value) == [FeedBench.cx(to)])
        }
    }

    @Test(
        "submissions and a merge at the same time: each lands before and is moved, or is refused; none is left behind")
    func concurrentRegistrations() async throws {
        try await RegistryBench.with { bench in
            for round in 1...6 {
                let from = FeedBench.cx("from\(round)")
                let to = FeedBench.cx("to\(round)")
                for id in ["from\(round)", "to\(round)"] {
                    _ = try await bench.patients.add(FeedBench.patient(id), source: "test")
                }
                let samples = (0..<8).map { _ in SampleSubmission.single(patientId: from) }
                let responses = try await withThrowingTaskGroup(of: (UUID, RegistryResponse)?.self) { group in
                    for (number, sample) in samples.enumerated() {
                        if number == 4 {
                            group.addTask {
                                _ = try await bench.merge(from, into: to)
                                return nil
                            }
                        }
                        group.addTask { (sample.id, try await bench.register(sample.sample)) }
                    }
                    return try await group.reduce(into: [UUID: RegistryResponse]()) { result, next in
                        if let (id, response) = next { result[id] = response }
                    }
                }
                let codes = Set(responses.values.flatMap(\.errors).map(\.code))
                #expect(codes.isSubset(of: [.unknownPatientId]))
                let accepted = Set(responses.filter { $0.value.status == .success }.keys)
                #expect(try await bench.find(.findDocuments(patientId: to)) == accepted)
                let left = try await bench.number(
                    """
                    select count(*) from document_entry e join patient p using (patient_key) where p.status = 'subsumed'
                    """)
                #expect(left == 0)
            }
        }
    }

    @Test("two merges of the same ids in opposite directions: exactly one wins")
    func oppositeMerges() async throws {
        try await RegistryBench.with { bench in
            for round in 1...4 {
                let ids = ["a\(round)", "b\(round)"]
                for id in ids { _ = try await bench.patients.add(FeedBench.patient(id), source: "test") }
                let outcomes = await withTaskGroup(of: Bool.self) { group in
                    for (from, to) in [(ids[0], ids[1]), (ids[1], ids[0])] {
                        group.addTask {
                            do {
                                try await bench.merge(FeedBench.cx(from), into: FeedBench.cx(to))
                                return true
                            } catch {
                                return false
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.count { $0 } == 1)
            }
        }
    }

    @Test("a document that many merges and replacements pass over at the same time keeps one Approved version")
    func concurrentReplacement() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single(patientId: Self.subsumed)
            try await bench.accept(old.sample)
            let replacements = [Self.subsumed, Self.survivor].flatMap { patient in
                (0..<3).map { _ in
                    var sample = SampleMetadata.submission(patientId: patient)
                    let id = sample.identify()
                    sample.associate(.replace, from: id.urn, to: old.id.urn)
                    return sample
                }
            }
            let responses = try await withThrowingTaskGroup(of: RegistryResponse?.self) { group in
                for sample in replacements { group.addTask { try await bench.register(sample) } }
                group.addTask {
                    _ = try await bench.merge(Self.subsumed, into: Self.survivor)
                    return nil
                }
                return try await group.reduce(into: [RegistryResponse]()) { if let next = $1 { $0.append(next) } }
            }
            let winners = responses.count { $0.status == .success }
            #expect(winners <= 1)
            #expect(try await bench.find(.findDocuments(patientId: Self.survivor)).count == 1)
        }
    }
}
