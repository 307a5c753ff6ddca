import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Folders and references to what is registered, on PostgreSQL")
struct FolderTests {
    /// A SubmissionSet alone: what it links is in the registry already.
    private func setAlone(patientId: String = SampleMetadata.patientId) -> SampleSubmission {
        SampleMetadata.submission(documents: 0, patientId: patientId)
    }

    /// Registers a Folder with an old lastUpdateTime and gives its id.
    private func folder(on bench: RegistryBench) async throws -> UUID {
        var sample = SampleMetadata.submission(documents: 0, folders: 1)
        let id = sample.identifyFolder()
        try await bench.accept(sample)
        _ = try await bench.client.query(
            """
            update folder set last_update_time = '20010101000000',
                fragment = regexp_replace(fragment, '(lastUpdateTime"><rim:ValueList><rim:Value>)[0-9]+', '\\120010101000000')
            where entry_uuid = \(id)
            """)
        return id
    }

    @Test("4.2.2.1: a submission of the SubmissionSet and Associations alone puts a registered document into a Folder")
    func linksRegisteredObjects() async throws {
        try await RegistryBench.with { bench in
            let document = SampleSubmission.single()
            try await bench.accept(document.sample)
            let folder = try await folder(on: bench)
            var sample = setAlone()
            sample.link(folder: folder.urn, documentEntry: document.id.urn)
            try await bench.accept(sample)
            #expect(
                try await bench.number(
                    """
                    select count(*) from association
                    where source_object = \(folder) and target_object = \(document.id) and status = 'Approved'
                    """) == 1)
            let stored = try #require(try await bench.stored(in: "folder").packages.first)
            let time = try #require(stored.object.slot(SlotName.lastUpdateTime)?.values.first)
            #expect(time > "2025", "3.42.4.1.3: a Folder that gains a document has a new lastUpdateTime")
            #expect(try await bench.text("select last_update_time from folder where entry_uuid = \(folder)") == time)
        }
    }

    @Test(
        "3.42.4.1.3: a SubmissionSet holds no registered Folder of another patient, nor puts documents of one into it")
    func refusesFoldersOfOthers() async throws {
        try await RegistryBench.with { bench in
            let other = try await bench.scene(patientId: SampleMetadata.otherPatientId)
            var holding = setAlone()
            holding.associate(
                .hasMember, from: holding.submissionSet.object.id ?? "", to: other.folder.urn, status: .original)
            var joining = setAlone()
            joining.link(folder: other.folder.urn, documentEntry: other.documents[1].urn)
            for sample in [holding, joining] {
                let response = try await bench.register(sample)
                #expect(response.errors.map(\.code) == [.patientIdDoesNotMatch], "\(response.errors.map(\.context))")
            }
        }
    }

    @Test("a new document joins a registered Folder, and a new Folder holds a registered document")
    func mixesNewAndRegistered() async throws {
        try await RegistryBench.with { bench in
            let document = SampleSubmission.single()
            try await bench.accept(document.sample)
            let folder = try await folder(on: bench)
            var joining = SampleSubmission.single()
            joining.sample.link(folder: folder.urn, documentEntry: joining.id.urn)
            try await bench.accept(joining.sample)
            #expect(
                try await bench.text("select last_update_time from folder where entry_uuid = \(folder)") > "2025")
            var holding = SampleMetadata.submission(documents: 0, folders: 1)
            holding.link(folder: "Folder01", documentEntry: document.id.urn)
            try await bench.accept(holding)
        }
    }

    @Test("an empty Folder has the time of its registration as lastUpdateTime, whatever was submitted")
    func stampsEmptyFolder() async throws {
        try await RegistryBench.with { bench in
            var sample = SampleMetadata.submission(documents: 0, folders: 1)
            sample.folder.object.setSlot(SlotName.lastUpdateTime, ["20010101"])
            try await bench.accept(sample)
            let stored = try #require(try await bench.stored(in: "folder").packages.first)
            let time = try #require(stored.object.slot(SlotName.lastUpdateTime)?.values.first)
            #expect(time.count == 14 && time > "2025")
        }
    }

    @Test("a Folder, a Folder membership and a relationship are of one patient: XDSPatientIdDoesNotMatch")
    func refusesOtherPatients() async throws {
        try await RegistryBench.with { bench in
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId)
            try await bench.accept(other.sample)
            let folder = try await folder(on: bench)
            var sample = setAlone()
            sample.link(folder: folder.urn, documentEntry: other.id.urn)
            #expect(try await bench.register(sample).errors.map(\.code) == [.patientIdDoesNotMatch])
        }
    }

    @Test("4.2.2.1.1: Reference to a registered entry is accepted, of another patient and Deprecated ones too")
    func refersToOthers() async throws {
        try await RegistryBench.with { bench in
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId)
            try await bench.accept(other.sample)
            let replaced = SampleSubmission.single()
            try await bench.accept(replaced.sample)
            try await bench.accept(SampleSubmission.related(.replace, to: replaced.id).sample)
            var sample = setAlone()
            for id in [other.id, replaced.id] {
                sample.associate(
                    .hasMember, from: SampleMetadata.submissionSetId, to: id.urn, status: .reference)
            }
            try await bench.accept(sample)
            #expect(
                try await bench.number(
                    "select count(*) from association where fragment like '%<rim:Value>Reference</rim:Value>%'") == 2)
        }
    }

    @Test("4.2.3.1.6: extra Slots of all four kinds of objects are stored and returned on the same object")
    func keepsExtraSlots() async throws {
        try await RegistryBench.with { bench in
            var sample = SampleMetadata.submission(documents: 2, folders: 1)
            let extra = Slot(name: "urn:example:zaak", values: ["a", " b "])
            sample.documentEntry.object.slots.append(extra)
            sample.submissionSet.object.slots.append(extra)
            sample.folder.object.slots.append(extra)
            sample.associate(.append, from: "Document01", to: "Document02")
            let reason = SampleMetadata.code(
                "correctie", "2.999.20.7", "Correctie", EbRIMVocabulary.Scheme.associationDocumentation, of: "as4")
            sample.objects.associations[3].object.slots.append(extra)
            sample.objects.associations[3].object.classifications = [reason]
            try await bench.accept(sample)
            let entries = try await bench.stored(in: "document_entry").extrinsicObjects
            #expect(entries.count { $0.object.slot(extra.name) == extra } == 1)
            #expect(try await bench.stored(in: "submission_set").packages.first?.object.slot(extra.name) == extra)
            #expect(try await bench.stored(in: "folder").packages.first?.object.slot(extra.name) == extra)
            let associations = try await bench.stored(in: "association").associations
            let relation = try #require(associations.first { $0.type == .append })
            #expect(relation.object.slot(extra.name) == extra)
            let stored = try #require(relation.object.classifications.first)
            #expect(stored.nodeRepresentation == "correctie" && stored.classifiedObject == relation.object.id)
        }
    }
}
