import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Answers of stored queries on PostgreSQL")
struct StoredQueryAnswerTests {
    private static func answer(
        of store: PostgresRegistryStore, to query: StoredQuery, _ returnType: AdhocQueryRequest.ReturnType
    ) async throws -> RegistryObjectList {
        let access = RegistryBench.caller.access
        return try RegistryBench.objects(in: await store.run(query, returning: returnType, for: access).bytes)
    }

    @Test("objects come in the order of registration, then of ids, in both return types")
    func ordersByRegistration() async throws {
        try await RegistryBench.with { bench in
            var ids: [UUID] = []
            for _ in 0..<5 {
                let entry = SampleSubmission.single()
                try await bench.accept(entry.sample)
                ids.append(entry.id)
            }
            #expect(try await bench.found(.findDocuments()) == ids)
            #expect(try await bench.found(.entries(ids.reversed())) == ids)
            _ = try await bench.client.query("update document_entry set registered_at = now()")
            let sorted = ids.sorted { $0.uuidString < $1.uuidString }
            #expect(try await bench.found(.findDocuments()) == sorted)
        }
    }

    @Test("a query that finds more than the limit is XDSTooManyResults; one that finds as many is answered")
    func limitsResults() async throws {
        try await RegistryBench.with { bench in
            let scene = try await bench.scene()
            let query = try StoredQuery.decode(SampleQuery.getSubmissionSetAndContents(scene.set).adhocQuery).query
            for returnType in AdhocQueryRequest.ReturnType.allCases {
                let enough = PostgresRegistryStore(client: bench.client, maximumResults: 9)
                let answer = try await Self.answer(of: enough, to: query, returnType)
                #expect(answer.objectRefs.count + answer.ids.count == 9)
                let error = await #expect(throws: TooManyResults.self) {
                    let store = PostgresRegistryStore(client: bench.client, maximumResults: 8)
                    _ = try await Self.answer(of: store, to: query, returnType)
                }
                #expect(error?.registryError.code == .tooManyResults)
            }
        }
    }

    @Test(
        "3.18.4.1.3: the domain decides how a query for an unknown or subsumed patient id is answered",
        arguments: [
            .findDocuments(), .findSubmissionSets(), .findFolders(), .getAll(),
            .findDocuments(.findDocumentsExclude),
            .findDocuments(.findDocumentsByTitle).with("$XDSDocumentEntryTitle", "('%')"),
            .findDocuments(.findDocumentsByReferenceId).with("$XDSDocumentEntryReferenceIdList", "('%')"),
        ] as [SampleQuery])
    func answersUnknownPatients(_ query: SampleQuery) async throws {
        try await RegistryBench.with { bench in
            let strict = PostgresRegistryStore(client: bench.client, unknownPatients: .error)
            let known = try StoredQuery.decode(query.adhocQuery).query
            for returnType in AdhocQueryRequest.ReturnType.allCases {
                let empty = try await Self.answer(of: strict, to: known, returnType)
                #expect(empty.ids.isEmpty && empty.objectRefs.isEmpty, "a patient without objects is known")
            }
            _ = try await bench.scene()
            for returnType in AdhocQueryRequest.ReturnType.allCases {
                let answer = try await Self.answer(of: strict, to: known, returnType)
                let lenient = try await Self.answer(of: bench.store, to: known, returnType)
                #expect(answer == lenient)
            }
            _ = try await bench.client.query(
                """
                update patient set status = 'subsumed', survivor_key =
                    (select patient_key from patient where patient_id = \(SampleMetadata.otherPatientId))
                where patient_id = \(SampleMetadata.patientId)
                """)
            for returnType in AdhocQueryRequest.ReturnType.allCases {
                #expect(try await Self.answer(of: bench.store, to: known, returnType).ids == [])
                let error = await #expect(throws: UnknownPatient.self) {
                    _ = try await Self.answer(of: strict, to: known, returnType)
                }
                #expect(error?.registryError.code == .unknownPatientId)
                #expect(error?.registryError.context == SampleMetadata.patientId)
            }
        }
    }

    @Test("queries by ids and ITI-51 have no policy for unknown patients")
    func exemptsOtherQueries() async throws {
        try await RegistryBench.with { bench in
            let strict = PostgresRegistryStore(client: bench.client, unknownPatients: .error)
            let unknown = "unknown^^^&2.999.1&ISO"
            for query in [SampleQuery.entries([UUID()]), .findDocumentsForMultiplePatients([unknown])] {
                let decoded = try StoredQuery.decode(query.adhocQuery, of: query.transaction).query
                let answer = try await Self.answer(of: strict, to: decoded, .leafClass)
                #expect(answer.ids == [])
            }
        }
    }
}
