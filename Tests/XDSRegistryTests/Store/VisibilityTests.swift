import Foundation
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

/// Who sees what (ADR 0011). Every document of these tests was submitted by `ziekenhuis`; `huisarts` asks.
@Suite("Consent and limits inside the statements of queries")
struct VisibilityTests {
    private static func gp(
        _ consent: AccessScope.Consent = .optIn, kind: String? = "Z3", confidentialityCodes: [String]? = nil,
        classCodes: [String]? = nil
    ) -> AccessScope {
        AccessScope(
            organisation: "huisarts", organisationKind: kind, consent: consent,
            confidentialityCodes: confidentialityCodes, classCodes: classCodes)
    }

    private static let hospital = AccessScope(organisation: "ziekenhuis", organisationKind: "V4", consent: .optIn)

    /// Every query that could show something of a scene.
    private static func queries(_ scene: Scene) -> [SampleQuery] {
        let ids = scene.documents + [scene.folder, scene.set]
        return [
            .findDocuments(), .findSubmissionSets(), .findFolders(), .getAll(), .entries(scene.documents),
            .getDocuments(uniqueIds: scene.documents.compactMap { scene.uniqueIds[$0] }), .getFolders([scene.folder]),
            .getAssociations(ids), .getDocumentsAndAssociations(scene.documents), .getSubmissionSets(scene.documents),
            .getSubmissionSetAndContents(scene.set), .getFolderAndContents(scene.folder),
            .getFoldersForDocument(scene.documents[0]),
            .getRelatedDocuments(scene.documents[0], [.append]),
            .findDocumentsForMultiplePatients([SampleMetadata.patientId]),
        ]
    }

    /// The scene with an addendum to its first document, so that related documents exist.
    private static func scene(_ bench: RegistryBench) async throws -> Scene {
        let scene = try await bench.scene()
        try await bench.accept(SampleSubmission.related(.append, to: scene.documents[0]).sample)
        return scene
    }

    @Test("without consent every query of another organisation is answered as if nothing were there")
    func hidesEverything() async throws {
        try await RegistryBench.with { bench in
            let scene = try await Self.scene(bench)
            for query in Self.queries(scene) {
                for type in AdhocQueryRequest.ReturnType.allCases {
                    let seen = try await bench.result(query, type, for: Self.hospital)
                    #expect(seen.shown > 0, "the submitter sees its own: \(query.id)")
                    let result = try await bench.result(query, type, for: Self.gp())
                    #expect(result.shown == 0, "\(query.id)")
                    #expect(result.bytes.readableBytes == 0, "\(query.id)")
                }
            }
        }
    }

    @Test("hidden entries, submission sets and folders are counted for the audit, Associations are not")
    func counts() async throws {
        try await RegistryBench.with { bench in
            let scene = try await Self.scene(bench)
            let samples: [(SampleQuery, Int)] = [
                (.findDocuments(), 3), (.findSubmissionSets(), 2), (.findFolders(), 1), (.getAll(), 6),
                (.entries(scene.documents), 2), (.getFolders([scene.folder]), 1),
                (.getSubmissionSetAndContents(scene.set), 1), (.getFolderAndContents(scene.folder), 1),
                (.getAssociations(scene.documents), 0), (.getSubmissionSets(scene.documents), 0),
            ]
            for (query, count) in samples {
                for type in AdhocQueryRequest.ReturnType.allCases {
                    #expect(try await bench.result(query, type, for: Self.gp()).hidden == count, "\(query.id)")
                    #expect(try await bench.result(query, type, for: Self.hospital).hidden == 0, "\(query.id)")
                }
            }
            let codes = Self.gp(.off, classCodes: [])
            #expect(try await bench.result(.findSubmissionSets(), .leafClass, for: codes).hidden == 0)
        }
    }

    @Test(
        "with consent, or where it is not asked, another organisation sees what the submitter sees",
        arguments: [0, 1, 2])
    func showsEverything(_ way: Int) async throws {
        try await RegistryBench.with { bench in
            let scene = try await Self.scene(bench)
            if way == 0 { try await bench.decide("given") }
            let scope = [Self.gp(), Self.gp(.optOut), Self.gp(.off)][way]
            for query in Self.queries(scene) {
                let seen = try await bench.result(query, .leafClass, for: Self.hospital)
                let result = try await bench.result(query, .leafClass, for: scope)
                #expect(result.bytes == seen.bytes, "\(query.id)")
                #expect(result.hidden == 0)
            }
        }
    }

    @Test(
        "the decision for a kind of organisation goes before the one for all",
        arguments: [
            (all: "given", kind: "withdrawn", sees: false), ("withdrawn", "given", true), ("withdrawn", nil, false),
            (nil, "given", true), (nil, "withdrawn", false),
        ] as [(all: String?, kind: String?, sees: Bool)])
    func kinds(_ sample: (all: String?, kind: String?, sees: Bool)) async throws {
        try await RegistryBench.with { bench in
            try await bench.accept(SampleMetadata.submission())
            if let decision = sample.all { try await bench.decide(decision) }
            if let decision = sample.kind { try await bench.decide(decision, kind: "Z3") }
            let count = try await bench.result(.findDocuments(), .objectRef, for: Self.gp()).shown
            #expect(count == (sample.sees ? 1 : 0))
            // A decision about the GP's kind says nothing of others: for those the one for all holds, or the default.
            let pharmacy = Self.gp(kind: "J8")
            let other = try await bench.result(.findDocuments(), .objectRef, for: pharmacy).shown
            #expect(other == (sample.all == "given" ? 1 : 0))
        }
    }

    @Test("opt-out: shown until the patient objects")
    func optOut() async throws {
        try await RegistryBench.with { bench in
            try await bench.accept(SampleMetadata.submission())
            #expect(try await bench.result(.findDocuments(), .objectRef, for: Self.gp(.optOut)).shown == 1)
            try await bench.decide("withdrawn")
            #expect(try await bench.result(.findDocuments(), .objectRef, for: Self.gp(.optOut)).shown == 0)
            #expect(try await bench.result(.findDocuments(), .objectRef, for: Self.gp(.off)).shown == 1)
        }
    }

    @Test("an entry is shown only if all its confidentialityCodes, and its classCode, are among those allowed")
    func codes() async throws {
        try await RegistryBench.with { bench in
            let normal = SampleSubmission.single { entry in
                entry.setCodes(EbRIMVocabulary.Scheme.confidentialityCode, [.test("N")])
                entry.setCodes(EbRIMVocabulary.Scheme.classCode, [.test("brief")])
            }
            let restricted = SampleSubmission.single { entry in
                entry.setCodes(EbRIMVocabulary.Scheme.confidentialityCode, [.test("N"), .test("R")])
                entry.setCodes(EbRIMVocabulary.Scheme.classCode, [.test("beeld")])
            }
            try await bench.accept(normal.sample)
            try await bench.accept(restricted.sample)
            let (n, r) = (CodedValue.test("N").key, CodedValue.test("R").key)
            let brief = CodedValue.test("brief").key
            for (scope, expected) in [
                (Self.gp(.off, confidentialityCodes: [n]), [normal.id]),
                (Self.gp(.off, confidentialityCodes: [n, r]), [normal.id, restricted.id]),
                (Self.gp(.off, confidentialityCodes: []), []),
                (Self.gp(.off, classCodes: [brief]), [normal.id]),
                (Self.gp(.off, confidentialityCodes: [r], classCodes: [brief]), []),
            ] {
                let found = try await bench.answer(.findDocuments(), .leafClass, for: scope).ids
                #expect(found == expected)
            }
        }
    }

    @Test(
        "a hidden entry does not make the Association that touches it visible, nor the result one of several patients")
    func associations() async throws {
        try await RegistryBench.with { bench in
            let first = SampleSubmission.single { $0.setCodes(EbRIMVocabulary.Scheme.classCode, [.test("geheim")]) }
            try await bench.accept(first.sample)
            let addendum = SampleSubmission.related(.append, to: first.id)
            try await bench.accept(addendum.sample)
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId) { entry in
                entry.setCodes(EbRIMVocabulary.Scheme.classCode, [.test("geheim")])
            }
            try await bench.accept(other.sample)
            let allowed = try #require(
                addendum.sample.documentEntry.object.classifications.first {
                    $0.classificationScheme == EbRIMVocabulary.Scheme.classCode
                })
            let scheme = try #require(allowed.object.slot(SlotName.codingScheme)?.values.first)
            let scope = Self.gp(.off, classCodes: ["\(allowed.nodeRepresentation ?? "")^^\(scheme)"])
            let related = try await bench.result(.getRelatedDocuments(addendum.id, [.append]), .leafClass, for: scope)
            #expect(related.shown == 0)
            let touching = try await bench.answer(.getAssociations([addendum.id]), .leafClass, for: scope)
            #expect(!touching.associations.contains { $0.associationType == AssociationType.append.rawValue })
            let several = try await bench.answer(.entries([addendum.id, other.id]), .leafClass, for: scope)
            #expect(several.ids == [addendum.id])
        }
    }

    @Test("hidden entries do not turn an answer into XDSTooManyResults")
    func tooMany() async throws {
        try await RegistryBench.with { bench in
            for _ in 1...3 {
                try await bench.accept(
                    SampleSubmission.single { $0.setCodes(EbRIMVocabulary.Scheme.classCode, [.test("geheim")]) }.sample)
            }
            let shown = SampleSubmission.single { $0.setCodes(EbRIMVocabulary.Scheme.classCode, [.test("brief")]) }
            try await bench.accept(shown.sample)
            let store = PostgresRegistryStore(client: bench.client, maximumResults: 2)
            let query = try StoredQuery.decode(SampleQuery.findDocuments().adhocQuery, of: .registryStoredQuery).query
            let scope = Self.gp(.off, classCodes: [CodedValue.test("brief").key])
            let result = try await store.run(query, returning: .leafClass, for: scope)
            #expect(try RegistryBench.objects(in: result.bytes).ids == [shown.id])
            await #expect(throws: TooManyResults.self) {
                try await store.run(query, returning: .leafClass, for: Self.gp(.off))
            }
        }
    }

    @Test("an explanation names the reason of each entry, and agrees with the queries")
    func explanation() async throws {
        try await RegistryBench.with { bench in
            let patient = try SampleMetadata.patient()
            let secret = SampleSubmission.single { $0.setCodes(EbRIMVocabulary.Scheme.classCode, [.test("geheim")]) }
            try await bench.accept(secret.sample)
            try await bench.accept(SampleMetadata.submission())
            let explanation = AccessExplanation(client: bench.client)
            func reasons(_ scope: AccessScope) async throws -> [AccessExplanation.Reason] {
                try await explanation.lines(for: scope, patient: patient).map(\.reason)
            }
            #expect(try await reasons(Self.hospital) == [.ownSubmission, .ownSubmission])
            #expect(try await reasons(Self.gp()) == [.noDecision(.optIn), .noDecision(.optIn)])
            #expect(try await reasons(Self.gp(.optOut)) == [.noDecision(.optOut), .noDecision(.optOut)])
            try await bench.decide("given")
            #expect(
                try await reasons(Self.gp()) == [.consentGiven(audience: "*"), .consentGiven(audience: "*")])
            try await bench.decide("withdrawn", kind: "Z3")
            #expect(
                try await reasons(Self.gp()) == [.consentWithdrawn(audience: "Z3"), .consentWithdrawn(audience: "Z3")])
            let limited = Self.gp(.off, classCodes: [CodedValue.test("brief").key])
            let lines = try await explanation.lines(for: limited, patient: patient)
            #expect(lines[0].reason == .classCode(CodedValue.test("geheim").key))
            #expect(lines[0].submittedBy == "ziekenhuis")
        }
    }
}

extension RegistryBench {
    /// Records a decision of the sample patient.
    fileprivate func decide(_ decision: String, kind: String = "*") async throws {
        _ = try await client.query(
            """
            insert into patient_consent (patient_key, organisation_kind, decision, decided_on, source)
            select patient_key, \(kind), \(decision), current_date, 'test' from patient
            where patient_id = \(SampleMetadata.patientId)
            """)
    }
}
