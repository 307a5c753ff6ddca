import FoundationEssentials
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

/// Answers that are given again (ADR 0016). That a kept answer is the same as a new one while its versions are current is checked
/// by ``RegistryBench/result(_:_:for:)`` in every test of this target.
@Suite("Known answers")
struct KnownAnswersTests {
    private static let patient = SampleMetadata.patientId

    private static func gp(_ consent: AccessScope.Consent = .optIn, classCodes: [String]? = nil) -> AccessScope {
        AccessScope(organisation: "huisarts", organisationKind: "Z3", consent: consent, classCodes: classCodes)
    }

    private static func known(
        _ sample: SampleQuery, for access: AccessScope = RegistryBench.caller.access, in bench: RegistryBench
    ) async throws -> KnownAnswers.Answer? {
        let (query, question) = try RegistryBench.question(sample, .leafClass, for: access)
        _ = try await bench.remembering.run(query, returning: .leafClass, for: access, keepingFor: question)
        return bench.remembering.knownAnswers?.answer(to: question)
    }

    @Test("an answer is kept when everything in it hangs on patients whose versions are known, and no other")
    func keeps() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let (documents, uniqueIds) = (scene.documents, scene.documents.compactMap { scene.uniqueIds[$0] })
            let author = "('%')"
            for query in [
                SampleQuery.findDocuments(), .entries(documents), .entries([documents[0], documents[0]]),
                .findDocuments().with("$XDSDocumentEntryAuthorPerson", author),
            ] {
                let answer = try #require(try await Self.known(query, in: bench), "\(query.id)")
                #expect(answer.versions.count == 1)
                #expect(try await bench.isCurrent(answer))
                #expect(answer.result.shown > 0)
            }
            for query in [
                SampleQuery.entries(documents + [UUID()]), .entries([UUID()]), .getDocuments(uniqueIds: uniqueIds),
                .findSubmissionSets(), .findFolders(), .getAll(), .getSubmissionSetAndContents(scene.set),
                .getAssociations(documents), .getDocumentsAndAssociations(documents),
                .getRelatedDocuments(documents[0], [.append]), .findDocumentsForMultiplePatients([Self.patient]),
                .findDocuments(patientId: "404^^^&2.16.840.1.113883.2.4.6.3&ISO"),
            ] {
                #expect(try await Self.known(query, in: bench) == nil, "\(query.id)")
            }
        }
    }

    @Test("another organisation, other rights and another return type find no answer of somebody else")
    func separates() async throws {
        try await RegistryBench.with { bench in
            _ = try await bench.scene()
            let sample = SampleQuery.findDocuments()
            _ = try await Self.known(sample, for: Self.gp(.off), in: bench)
            func isKnown(
                _ sample: SampleQuery, _ type: AdhocQueryRequest.ReturnType, _ access: AccessScope
            ) throws -> Bool {
                let (_, question) = try RegistryBench.question(sample, type, for: access)
                return bench.remembering.knownAnswers?.answer(to: question) != nil
            }
            #expect(try isKnown(sample, .leafClass, Self.gp(.off)))
            #expect(try !isKnown(sample, .objectRef, Self.gp(.off)))
            for access in [
                Self.gp(.optIn), Self.gp(.optOut), Self.gp(.off, classCodes: []), RegistryBench.caller.access,
            ] { #expect(try !isKnown(sample, .leafClass, access)) }
            let other = SampleQuery.findDocuments(patientId: SampleMetadata.otherPatientId)
            #expect(try !isKnown(other, .leafClass, Self.gp(.off)))
        }
    }

    @Test("texts that PostgreSQL tells apart are different questions, also where Swift holds them equal")
    func bytes() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed)
        func question(_ text: String, _ access: AccessScope) -> KnownAnswers.Question {
            .init(Array(text.utf8), of: .registryStoredQuery, for: access)
        }
        func scope(_ organisation: String, _ codes: [String]?) -> AccessScope {
            AccessScope(organisation: organisation, consent: .off, confidentialityCodes: codes)
        }
        let same = question(composed, scope("a", nil))
        #expect(same == question(composed, scope("a", nil)))
        for other in [
            question(decomposed, scope("a", nil)), question(composed, scope(composed, nil)),
            question(composed, scope(decomposed, nil)), question(composed, scope("a", [])),
            question(composed, scope("a", ["b", "c"])), question(composed, scope("a", ["bc"])),
            .init(Array(composed.utf8), of: .multiPatientStoredQuery, for: scope("a", nil)),
        ] { #expect(other != same) }
        #expect(question(composed, scope(composed, nil)) != question(composed, scope(decomposed, nil)))
    }

    /// A way to change what somebody is shown of the first patient.
    enum Change: CaseIterable {
        case registration, replacement, statusUpdate, removal, mergeInto, mergeAway, newConsent, otherConsent,
            lostConsent
        case statusBySQL, deletionBySQL, truncation, truncatedConsent

        func make(_ scene: Scene, in bench: RegistryBench) async throws {
            let (client, patient) = (bench.client, KnownAnswersTests.patient)
            switch self {
            case .registration: try await bench.accept(SampleMetadata.submission())
            case .replacement:
                try await bench.accept(SampleSubmission.related(.replace, to: scene.documents[0]).sample)
            case .statusUpdate:
                var sample = SampleMetadata.update()
                sample.changeStatus(of: scene.documents[0], from: .approved, to: .deprecated)
                #expect(try await bench.update(sample).errors == [])
            case .removal:
                let packages = [scene.set, scene.folder]
                let links = try await client.query(
                    "select entry_uuid from association where source_object = any(\(packages))"
                ).map { try $0.decode(UUID.self, column: 0) }
                let response = try await bench.remove(packages + scene.documents + links)
                #expect(response.errors.isEmpty)
            case .mergeInto: try await bench.merge(SampleMetadata.otherPatientId, into: patient)
            case .mergeAway: try await bench.merge(patient, into: SampleMetadata.otherPatientId)
            case .newConsent:
                _ = try await client.query(
                    """
                    insert into patient_consent (patient_key, organisation_kind, decision, decided_on, source)
                    select patient_key, 'Z3', 'withdrawn', current_date, 'test' from patient where patient_id = \(patient)
                    """)
            case .otherConsent: _ = try await client.query("update patient_consent set decision = 'withdrawn'")
            case .lostConsent: _ = try await client.query("delete from patient_consent")
            case .statusBySQL:
                _ = try await client.query(
                    "update document_entry set status = 'Deprecated' where entry_uuid = \(scene.documents[1])")
            case .deletionBySQL:
                _ = try await client.query("delete from document_entry where entry_uuid = \(scene.documents[1])")
            case .truncation: _ = try await client.query("truncate document_entry")
            case .truncatedConsent: _ = try await client.query("truncate patient_consent")
            }
        }

        /// Whether it is about both patients.
        var isAboutBoth: Bool {
            switch self {
            case .mergeInto, .mergeAway, .truncation, .truncatedConsent: true
            default: false
            }
        }
    }

    @Test(
        "every change of what is shown of a patient makes the answers about the patient outdated, and no others",
        arguments: Change.allCases)
    func renews(change: Change) async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            try await bench.accept(SampleMetadata.submission(patientId: SampleMetadata.otherPatientId))
            _ = try await bench.client.query(
                """
                insert into patient_consent (patient_key, organisation_kind, decision, decided_on, source)
                select patient_key, '*', 'given', current_date, 'test' from patient where patient_id = \(Self.patient)
                """)
            let other = SampleQuery.findDocuments(patientId: SampleMetadata.otherPatientId)
            let mine = try #require(try await Self.known(.findDocuments(), for: Self.gp(), in: bench))
            let byId = try #require(try await Self.known(.entries(scene.documents), for: Self.gp(), in: bench))
            let others = try #require(try await Self.known(other, for: Self.gp(), in: bench))
            for answer in [mine, byId, others] { #expect(try await bench.isCurrent(answer)) }
            try await change.make(scene, in: bench)
            #expect(try await !bench.isCurrent(mine))
            #expect(try await !bench.isCurrent(byId))
            #expect(try await bench.isCurrent(others) != change.isAboutBoth)
        }
    }

    @Test("what changes nothing that is shown leaves the answers as they are")
    func leaves() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let answer = try #require(try await Self.known(.findDocuments(), in: bench))
            let refused = try await bench.remove([scene.documents[0]])
            #expect(!refused.errors.isEmpty)
            _ = try await PatientRegister(client: bench.client).add(
                SampleMetadata.patient(Self.patient), source: "test")
            #expect(try await bench.isCurrent(answer))
        }
    }

    @Test("a version is renewed once in a transaction, also for many entries; what is undone renews nothing")
    func renewsOnce() async throws {
        try await RegistryBench.with { bench in
            _ = try await bench.scene()
            try await bench.accept(SampleMetadata.submission(patientId: SampleMetadata.otherPatientId))
            // Both patients in turn: each statement renews what the transaction has not renewed yet.
            let versions = "select string_agg(version::text, ' ' order by patient_key) from patient_version"
            func change(_ patient: String) -> PostgresQuery {
                """
                update document_entry set title = 'x'
                where patient_key = (select patient_key from patient where patient_id = \(patient)) and (latest or not latest)
                """
            }
            let seen = try await bench.client.withTransaction { transaction in
                var seen: [String] = []
                for patient in [
                    Self.patient, SampleMetadata.otherPatientId, Self.patient, SampleMetadata.otherPatientId,
                ] {
                    let results = try await transaction.execute([
                        change(patient), PostgresQuery(unescaped: versions),
                    ])
                    seen.append(try results[1].decode(String.self, row: 0, column: 0))
                }
                return seen
            }
            #expect(Set(seen).count == 2)
            #expect(seen[1] == seen[2] && seen[2] == seen[3])
            #expect(try await bench.text("\(unescaped: versions)") == seen[3])
            let answer = try #require(try await Self.known(.findDocuments(), in: bench))
            _ = try await bench.client.withTransaction { transaction in
                try await transaction.execute([
                    "savepoint before", "update document_entry set status = 'Deprecated'",
                    "rollback to savepoint before",
                ])
            }
            #expect(try await bench.isCurrent(answer))
            _ = try await bench.client.withTransaction { transaction in
                try await transaction.execute([
                    "savepoint before", "update document_entry set status = 'Deprecated'",
                    "rollback to savepoint before",
                    "update document_entry set status = 'Deprecated'",
                ])
            }
            #expect(try await !bench.isCurrent(answer))
        }
    }

    @Test("a role without rights on versions renews them all the same, whatever its search path")
    func renewsForOthers() async throws {
        try await RegistryBench.with { bench in
            _ = try await bench.scene()
            let answer = try #require(try await Self.known(.findDocuments(), in: bench))
            let role = "feed_\(UInt32.random(in: 1 ... .max))"
            _ = try await bench.client.withTransaction { transaction in
                try await transaction.execute(
                    [
                        "create role \(role)", "grant usage on schema public to \(role)",
                        "grant select, update on document_entry to \(role)", "set local role \(role)",
                        "set local search_path = pg_catalog", "update public.document_entry set title = 'x'",
                        "reset role", "drop owned by \(role)", "drop role \(role)",
                    ].map { PostgresQuery(unescaped: $0) })
            }
            #expect(try await !bench.isCurrent(answer))
        }
    }

    // MARK: Room

    private static func question(_ number: Int) -> KnownAnswers.Question {
        .init(Array("\(number)".utf8), of: .registryStoredQuery, for: AccessScope(organisation: "huisarts"))
    }

    private static func answer(bytes: Int, _ versions: [PatientVersion] = []) -> KnownAnswers.Answer {
        .init(
            result: StoredQueryResult(
                content: [ByteBuffer(repeating: 65, count: bytes)], shown: 1, hidden: 0, patientKeys: []),
            deviations: [],
            versions: versions)
    }

    @Test("memory is bounded; what is asked for stays, what nobody asks for goes")
    func bounded() {
        let capacity = 1_048_576
        let answers = KnownAnswers(capacity: capacity)
        let wanted = Self.question(0)
        answers.keep(Self.answer(bytes: 8_192), to: wanted)
        for number in 1...1_000 {
            answers.keep(Self.answer(bytes: 8_192), to: Self.question(number))
            #expect(answers.figures.bytes <= capacity)
            #expect(answers.answer(to: wanted) != nil, "after \(number) others")
        }
        let figures = answers.figures
        #expect((64...128).contains(figures.answers))
        #expect(answers.answer(to: Self.question(1)) == nil)
        #expect(answers.answer(to: Self.question(1_000)) != nil)
        #expect(figures.found == 1_000)
    }

    @Test("an answer that would push out too many others is not kept; a newer one takes the place of an older one")
    func single() {
        let answers = KnownAnswers(capacity: 1_048_576)
        let question = Self.question(1)
        answers.keep(Self.answer(bytes: 200_000), to: question)
        #expect(answers.figures.answers == 0)
        answers.keep(Self.answer(bytes: 1_000), to: question)
        answers.keep(Self.answer(bytes: 2_000), to: question)
        #expect(answers.answer(to: question)?.result.bytes.readableBytes == 2_000)
        #expect(answers.figures.answers == 1)
        let older = Self.answer(bytes: 2_000, [PatientVersion(patientKey: 1, version: UUID())])
        answers.forget(older, to: question)
        #expect(answers.answer(to: question) != nil, "what is kept rests on other versions")
        answers.forget(Self.answer(bytes: 2_000), to: question)
        #expect(answers.answer(to: question) == nil)
        let figures = answers.figures
        #expect((figures.answers, figures.bytes, figures.outdated) == (0, 0, 2))
    }
}
