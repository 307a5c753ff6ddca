import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Plans of stored queries on PostgreSQL")
struct StoredQueryPlanTests {
    @Test("every query finds its objects by conditions on an index, in both return types, at both levels")
    func usesIndexes() async throws {
        try await RegistryBench.with { bench in
            let scene = try await Self.crowd(bench)
            for query in Self.queries(scene) {
                for level in MetadataLevel.allCases {
                    for returnType in AdhocQueryRequest.ReturnType.allCases {
                        let asked = query.with("$MetadataLevel", "\(level.rawValue)")
                        let plan = try await Self.plan(asked, returnType, bench, without: "enable_seqscan")
                        let weak = Self.weakSteps(plan)
                        #expect(weak.isEmpty, "\(query.id), level \(level): \(plan.joined(separator: "\n"))")
                    }
                }
            }
        }
    }

    @Test("ITI-51 without a patient finds rare values by an index of their own")
    func usesIndexesWithoutPatient() async throws {
        try await RegistryBench.with { bench in
            _ = try await Self.crowd(bench)
            let documents = SampleQuery.findDocumentsForMultiplePatients([])
            let byReference = SampleQuery.findDocumentsForMultiplePatients(
                [], .findDocumentsByReferenceIdForMultiplePatients)
            let cases = [
                (documents.with("$XDSDocumentEntryClassCode", "('C1^^1')"), "document_entry_by_class"),
                (
                    documents.with("$XDSDocumentEntryHealthcareFacilityTypeCode", "('H1^^1')"),
                    "document_entry_by_facility"
                ),
                (documents.with("$XDSDocumentEntryEventCodeList", "('E1^^1')"), "document_entry_by_event"),
                (byReference.with("$XDSDocumentEntryReferenceIdList", "('R1')"), "document_entry_by_reference"),
                (
                    SampleQuery.findFoldersForMultiplePatients([]).with("$XDSFolderCodeList", "('F1^^1')"),
                    "folder_by_code"
                ),
            ]
            for (query, index) in cases {
                let plan = try await Self.plan(query, .leafClass, bench, without: "enable_seqscan")
                #expect(plan.contains { $0.contains(index) }, "\(plan.joined(separator: "\n"))")
                #expect(Self.weakSteps(plan).isEmpty, "\(plan.joined(separator: "\n"))")
            }
        }
    }

    @Test("ObjectRef answers of FindDocuments come from the index alone")
    func readsIndexAlone() async throws {
        try await RegistryBench.with { bench in
            _ = try await Self.crowd(bench)
            let plan = try await Self.plan(.findDocuments(), .objectRef, bench, without: "enable_bitmapscan")
            #expect(
                plan.contains { $0.contains("Index Only Scan using document_entry_by_patient") },
                "\(plan.joined(separator: "\n"))")
        }
    }

    // MARK: Plans

    /// The plan of a query, with a way to read tables switched off.
    private static func plan(
        _ query: SampleQuery, _ returnType: AdhocQueryRequest.ReturnType, _ bench: RegistryBench, without way: String
    ) async throws -> [String] {
        let decoded = try StoredQuery.decode(query.adhocQuery, of: query.transaction).query
        let statement = StoredQueryStatement.make(
            decoded, returning: returnType, access: RegistryBench.caller.access, hidden: .counted, limit: 10_001,
            unknownPatients: .empty)
        return try await bench.client.withTransaction { transaction in
            try await transaction.query("set local \(unescaped: way) = off")
            let explain = PostgresQuery(unescaped: "explain (costs off) " + statement.sql, statement.binds)
            return try await transaction.query(explain).map { try $0.decode(String.self, column: 0) }
        }
    }

    /// Steps that read a whole table, or an index from end to end.
    private static func weakSteps(_ plan: [String]) -> [String] {
        let reads = ["Index Scan using", "Index Only Scan using", "Bitmap Index Scan on"]
        return plan.indices.filter { place in
            let next = place + 1 < plan.count ? plan[place + 1] : ""
            return plan[place].contains("Seq Scan")
                || reads.contains { plan[place].contains($0) } && !next.contains("Index Cond:")
        }.map { plan[$0] }
    }

    // MARK: Rows

    /// A scene among thousands of other objects, so that the planner has something to choose.
    private static func crowd(_ bench: RegistryBench) async throws -> Scene {
        let scene = try await bench.scene()
        _ = try await bench.client.query(
            """
            insert into patient (patient_id, source)
            select 'crowd' || i || '^^^&2.999.1&ISO', 'test' from generate_series(1, 300) i
            """)
        let patient = "'patient_key', (select min(patient_key) from patient) + i % 300"
        let entry = """
            \(patient), 'logical_id', gen_random_uuid(), 'unique_id', 'u' || i, 'class_code', 'C' || i % 500 || '^^1',
            'healthcare_facility_type_code', 'H' || i % 500 || '^^1', 'event_codes', array['E' || i % 500 || '^^1'],
            'reference_ids', array['R' || i]
            """
        let folder =
            "\(patient), 'logical_id', gen_random_uuid(), 'unique_id', 'u' || i, 'codes', array['F' || i || '^^1']"
        let copies = [
            ("document_entry", entry), ("submission_set", "\(patient), 'unique_id', 'u' || i"), ("folder", folder),
            ("association", "'source_object', gen_random_uuid(), 'target_object', gen_random_uuid()"),
        ]
        for (table, changes) in copies {
            _ = try await bench.client.query(
                """
                insert into \(unescaped: table) select (jsonb_populate_record(model,
                    jsonb_build_object('entry_uuid', gen_random_uuid(), \(unescaped: changes)))).*
                from \(unescaped: table) model, generate_series(1, 3000) i
                where model.entry_uuid = (select entry_uuid from \(unescaped: table) limit 1)
                """)
            _ = try await bench.client.query("analyze \(unescaped: table)")
        }
        return scene
    }

    /// Every query of ITI-18, and those of ITI-51 with a patient.
    private static func queries(_ scene: Scene) -> [SampleQuery] {
        let patients = [SampleMetadata.patientId, SampleMetadata.otherPatientId]
        let document = scene.documents[0]
        let byIds: [SampleQuery] = [
            .entries([document]), .getFolders([scene.folder]), .getAssociations([document]),
            .getDocumentsAndAssociations([document]), .getSubmissionSets([document]),
            .getSubmissionSetAndContents(scene.set), .getFolderAndContents(scene.folder),
            .getFoldersForDocument(document), .getRelatedDocuments(document, [.replace]),
        ]
        let byUniqueId: [SampleQuery] = [
            .getDocuments(uniqueIds: ["u1"]), .of(.getFolders, ["$XDSFolderUniqueId": "('u1')"]),
            .of(.getDocumentsAndAssociations, ["$XDSDocumentEntryUniqueId": "('u1')"]),
            .of(.getSubmissionSetAndContents, ["$XDSSubmissionSetUniqueId": "'u1'"]),
            .of(.getFolderAndContents, ["$XDSFolderUniqueId": "'u1'"]),
            .of(.getFoldersForDocument, ["$XDSDocumentEntryUniqueId": "'u1'"]),
        ]
        let find: [SampleQuery] = [
            .findDocuments(), .findSubmissionSets(), .findFolders(), .getAll(),
            .findDocuments(.findDocumentsExclude).with("$XDSDocumentEntryClassCodeExclude", "('C1^^1')"),
            .findDocuments(.findDocumentsByTitle).with("$XDSDocumentEntryTitle", "('a%')"),
            .findDocuments(.findDocumentsByReferenceId).with("$XDSDocumentEntryReferenceIdList", "('R1%')"),
            .findDocumentsForMultiplePatients(patients), .findFoldersForMultiplePatients(patients),
        ]
        return byIds + byUniqueId + find
    }
}
