import FoundationEssentials
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Multi-Patient Stored Query on PostgreSQL")
struct MultiPatientQueriesTests {
    private typealias Scheme = EbRIMVocabulary.Scheme
    private static let patients = [SampleMetadata.patientId, SampleMetadata.otherPatientId]

    @Test("3.51: documents of a list of patients, whole objects too; unknown patients are left out")
    func findsDocuments() async throws {
        try await RegistryBench.with { bench in
            let mine = SampleSubmission.single()
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId)
            for entry in [mine, other] { try await bench.accept(entry.sample) }
            let both: Set = [mine.id, other.id]
            #expect(try await bench.find(.findDocumentsForMultiplePatients(Self.patients)) == both)
            #expect(try await bench.find(.findDocumentsForMultiplePatients([Self.patients[1]])) == [other.id])
            #expect(
                try await bench.find(.findDocumentsForMultiplePatients(["unknown^^^&2.999.1&ISO", Self.patients[0]]))
                    == [
                        mine.id
                    ])
            #expect(try await bench.find(.findDocumentsForMultiplePatients(["unknown^^^&2.999.1&ISO"])) == [])
        }
    }

    @Test(
        "3.51: without a patient, by class, event or facility",
        arguments: [
            ("ClassCode", Scheme.classCode), ("EventCodeList", Scheme.eventCodeList),
            ("HealthcareFacilityTypeCode", Scheme.healthcareFacilityTypeCode),
        ])
    func findsWithoutPatient(_ name: String, _ scheme: String) async throws {
        try await RegistryBench.with { bench in
            let mine = SampleSubmission.single { $0.setCodes(scheme, [.test("A")]) }
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId) {
                $0.setCodes(scheme, [.test("A")])
            }
            let third = SampleSubmission.single { $0.setCodes(scheme, [.test("B")]) }
            for entry in [mine, other, third] { try await bench.accept(entry.sample) }
            let query = SampleQuery.findDocumentsForMultiplePatients([])
                .with("$XDSDocumentEntry\(name)", "(\(CodedValue.test("A").literal))")
            #expect(try await bench.find(query) == [mine.id, other.id])
            #expect(try await bench.find(query.with("$XDSDocumentEntryCreationTimeTo", "1999")) == [])
            #expect(
                try await bench.find(query.with("$XDSDocumentEntryPatientId", SampleQuery.list([Self.patients[1]])))
                    == [
                        other.id
                    ])
        }
    }

    @Test("3.51: folders of a list of patients, or by code alone")
    func findsFolders() async throws {
        try await RegistryBench.with { bench in
            let mine = try await bench.scene { $0.folder.setCodes(Scheme.folderCodeList, [.test("A")]) }
            let other = try await bench.scene(patientId: SampleMetadata.otherPatientId)
            #expect(
                try await bench.found(.findFoldersForMultiplePatients(Self.patients)) == [mine.folder, other.folder])
            #expect(try await bench.found(.findFoldersForMultiplePatients([Self.patients[1]])) == [other.folder])
            let code = SampleQuery.findFoldersForMultiplePatients([])
                .with("$XDSFolderCodeList", "(\(CodedValue.test("A").literal))")
            #expect(try await bench.found(code) == [mine.folder])
            #expect(try await bench.found(code.with("$XDSFolderLastUpdateTimeTo", "1999")) == [])
            let deprecated = SampleQuery.list([AvailabilityStatus.deprecated.rawValue])
            #expect(try await bench.found(code.with("$XDSFolderStatus", deprecated)) == [])
        }
    }

    @Test("documents by reference id, of some patients or of all")
    func findsByReferenceId() async throws {
        try await RegistryBench.with { bench in
            let reference = "R-1^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"
            let mine = SampleSubmission.single { $0.object.setSlot(SlotName.referenceIdList, [reference]) }
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId) {
                $0.object.setSlot(SlotName.referenceIdList, [reference])
            }
            let none = SampleSubmission.single()
            for entry in [mine, other, none] { try await bench.accept(entry.sample) }
            func query(_ patients: [String], _ pattern: String) -> SampleQuery {
                .findDocumentsForMultiplePatients(patients, .findDocumentsByReferenceIdForMultiplePatients)
                    .with("$XDSDocumentEntryReferenceIdList", "('\(pattern)')")
            }
            #expect(try await bench.find(query([], reference)) == [mine.id, other.id])
            #expect(try await bench.find(query([], "R-1^%")) == [mine.id, other.id])
            #expect(try await bench.find(query([Self.patients[1]], reference)) == [other.id])
            #expect(try await bench.find(query([], "R-2^%")) == [])
        }
    }
}
