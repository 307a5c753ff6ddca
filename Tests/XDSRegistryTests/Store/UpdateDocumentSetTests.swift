import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("ITI-57 on PostgreSQL")
struct UpdateDocumentSetTests {
    typealias Scheme = EbRIMVocabulary.Scheme

    @Test(
        "3.57.4.1.3 Update DocumentEntry: queries show the latest version; all versions are there at $MetadataLevel 2")
    func updatesDocument() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            for number in 1...3 {
                var sample = SampleMetadata.update()
                sample.update(filed.entry, logicalID: filed.document, previousVersion: number)
                sample.documentEntry.object.name = InternationalString("Versie \(number + 1)")
                #expect(try await bench.update(sample).errors == [])
            }
            let latest = try await bench.latest(of: filed.document)
            #expect(try await bench.version(latest) == "4 Approved latest")
            #expect(try await bench.version(filed.document) == "1 Deprecated")
            #expect(try await bench.find(.findDocuments()) == [latest])
            #expect(try await bench.entry(latest).object.name?.text == "Versie 4")
            #expect(try await bench.find(.entries([filed.document])) == [], "level 1 hides older versions")
            #expect(try await bench.find(.versions(of: filed.document)).count == 4)
            #expect(try await bench.links(filed.folder, latest) == 1)
            #expect(try await bench.links(filed.folder, filed.document) == 0)
            let set = try await bench.number("select count(*) from submission_set where submitted_by = 'ziekenhuis'")
            #expect(set == 4)
        }
    }

    @Test("3.57.4.1.3 Update availabilityStatus: in column and fragment, both ways, without a new version")
    func changesStatus() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let membership = try #require(
                try await bench.client.query(
                    "select entry_uuid from association where source_object = \(filed.folder)"
                ).map { try $0.decode(UUID.self, column: 0) }.first)
            for (from, to) in [(AvailabilityStatus.approved, AvailabilityStatus.deprecated), (.deprecated, .approved)] {
                var sample = SampleMetadata.update()
                sample.changeStatus(of: filed.document, from: from, to: to)
                sample.changeStatus(of: membership, from: from, to: to)
                #expect(try await bench.update(sample).errors == [])
                #expect(try await bench.status(of: filed.document).last == to.rawValue)
                #expect(try await bench.version(filed.document) == "1 \(to.label) latest")
                #expect(try await bench.links(filed.folder, filed.document) == (to == .approved ? 1 : 0))
            }
        }
    }

    @Test("3.57.4.1.3 Submit Association: a Folder gains a document, and a new lastUpdateTime")
    func submitsAssociation() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let other = SampleSubmission.single()
            try await bench.accept(other.sample)
            _ = try await bench.client.query("update folder set last_update_time = '20010101000000'")
            var sample = SampleMetadata.update()
            sample.submit(.hasMember, from: filed.folder, to: other.id)
            #expect(try await bench.update(sample).errors == [])
            #expect(try await bench.links(filed.folder, other.id) == 1)
            #expect(try await bench.text("select last_update_time from folder") > "2025")
            #expect(try await bench.update(sample.renewed).errors.map(\.code) == [.metadataUpdate])
        }
    }

    @Test("3.57.4.1.3 Update Folder: new version with the documents of the old one, lastUpdateTime kept")
    func updatesFolder() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let time = try await bench.text("select last_update_time from folder")
            var sample = SampleMetadata.update()
            sample.update(filed.package, logicalID: filed.folder)
            #expect(try await bench.update(sample).errors == [])
            let latest = try await bench.latest(of: filed.folder, in: "folder")
            #expect(try await bench.version(latest, in: "folder") == "2 Approved latest")
            #expect(try await bench.version(filed.folder, in: "folder") == "1 Deprecated")
            #expect(try await bench.links(latest, filed.document) == 1)
            #expect(try await bench.links(filed.folder, filed.document) == 0)
            #expect(try await bench.text("select last_update_time from folder where latest") == time)
        }
    }

    @Test("patientId may change: the new version is found by its patient, the old one by nobody at level 1")
    func movesToPatient() async throws {
        try await RegistryBench.with { bench in
            let other = SampleMetadata.otherPatientId
            let single = SampleSubmission.single()
            try await bench.accept(single.sample)
            var sample = SampleMetadata.update(patientId: other)
            sample.update(single.sample.completed().documentEntry, logicalID: single.id)
            sample.documentEntry.object.setIdentifier(Scheme.documentEntryPatientId, other)
            #expect(try await bench.update(sample).errors == [])
            #expect(try await bench.find(.findDocuments()) == [])
            #expect(try await bench.find(.findDocuments(patientId: other)) == [try await bench.latest(of: single.id)])
        }
    }

    @Test("a patient that the Folder does not have is XDSPatientIDReconciliationError, and nothing changes")
    func refusesPatientConflict() async throws {
        try await RegistryBench.with { bench in
            let other = SampleMetadata.otherPatientId
            let filed = try await bench.registerFiled()
            let before = try await bench.rowCounts()
            func sample(_ propagation: String) -> SampleSubmission {
                var sample = SampleMetadata.update(patientId: other)
                sample.update(filed.entry, logicalID: filed.document, propagation: propagation)
                sample.documentEntry.object.setIdentifier(Scheme.documentEntryPatientId, other)
                return sample
            }
            #expect(try await bench.update(sample("yes")).errors.map(\.code) == [.patientIDReconciliation])
            #expect(try await bench.rowCounts() == before)
            #expect(try await bench.version(filed.document) == "1 Approved latest")
            #expect(try await bench.update(sample("no")).errors == [])
            #expect(try await bench.links(filed.folder, filed.document) == 1, "propagation no leaves it as it is")
        }
    }

    @Test("all or nothing: one wrong trigger keeps the others from being done")
    func refusesAll() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            let before = try await bench.rowCounts()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            sample.update(filed.package, logicalID: filed.folder, previousVersion: 2)
            let response = try await bench.update(sample)
            #expect(response.status == .failure)
            #expect(response.errors.map(\.code) == [.metadataVersion])
            #expect(try await bench.rowCounts() == before)
            #expect(try await bench.version(filed.document) == "1 Approved latest")
        }
    }

    @Test("an organisation changes what it submitted; `any` lets it change what others did, and it stays theirs")
    func obeysSubmitter() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            func sample(_ version: Int) -> SampleSubmission {
                var sample = SampleMetadata.update()
                sample.update(filed.entry, logicalID: filed.document, previousVersion: version)
                sample.update(filed.package, logicalID: filed.folder, previousVersion: version)
                return sample
            }
            let refused = try await bench.update(sample(1), caller: RegistryBench.caller("huisarts"))
            #expect(refused.errors.map(\.code) == [.metadataUpdate, .metadataUpdate])
            #expect(refused.errors.allSatisfy { $0.context.contains("another organisation") })
            let region = Caller(
                requestID: "request", organisation: "regio", mayCall: { _ in true }, maySubmitAs: { _ in true },
                mayChange: { _ in true })
            #expect(try await bench.update(sample(1), caller: region).errors == [])
            #expect(try await bench.update(sample(2), caller: RegistryBench.caller("regio")).status == .failure)
            #expect(try await bench.update(sample(2), caller: RegistryBench.caller("ziekenhuis")).errors == [])
            #expect(
                try await bench.number("select count(*) from document_entry where submitted_by = 'ziekenhuis'") == 3)
        }
    }

    @Test("a document that is updated is replaced, appended to and put into folders in its latest version only")
    func registersAgainstLatest() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            #expect(try await bench.update(sample).errors == [])
            let late = try await bench.register(SampleSubmission.related(.append, to: filed.document).sample)
            #expect(late.errors.map(\.code) == [.deprecatedDocument])
            let latest = try await bench.latest(of: filed.document)
            let new = SampleSubmission.related(.replace, to: latest)
            try await bench.accept(new.sample)
            #expect(try await bench.links(filed.folder, new.id) == 1, "the Folder is inherited from the latest version")
        }
    }

    @Test("ITI-57 through the router: Success, and Failure for what cannot be decoded")
    func speaksSOAP() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            #expect(try await bench.send(.update(sample)).status == .success)
            let empty = try await bench.send(.update(SampleMetadata.update()))
            #expect(empty.status == .failure)
            #expect(empty.errors.map(\.code) == [.metadataUpdateOperation])
        }
    }

    @Test("a foreign sourceId and habits that are read strictly refuse an update, told together")
    func readsStrictly() async throws {
        try await RegistryBench.with { bench in
            let filed = try await bench.registerFiled()
            var sample = SampleMetadata.update()
            sample.update(filed.entry, logicalID: filed.document)
            sample.submissionSet.object.setSlot(SlotName.submissionTime, [" 20250304101530 "])
            let strict = Caller(
                requestID: "request", organisation: "ziekenhuis", mayCall: { _ in true },
                maySubmitAs: { $0 == "2.999.3.9" }, mayChange: { _ in true }, reading: .strict)
            let refused = try await bench.send(.update(sample), caller: strict)
            #expect(refused.errors.map(\.code) == [.metadata, .metadata])
            #expect(refused.errors.contains { $0.context.contains("read strictly") })
            #expect(refused.errors.contains { $0.context.contains("sourceId") })
            #expect(try await bench.send(.update(sample)).status == .success)
        }
    }
}

extension SampleSubmission {
    /// The same with another uniqueId of the SubmissionSet, to be sent again.
    var renewed: SampleSubmission {
        var copy = self
        copy.submissionSet.object.setIdentifier(
            EbRIMVocabulary.Scheme.submissionSetUniqueId, SampleMetadata.uniqueId())
        return copy
    }
}
