import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("RPLC and Folders on PostgreSQL")
struct ReplacementTests {
    @Test(
        "3.42.4.1.3.3: the target becomes Deprecated, in its column and in its fragment alike",
        arguments: [AssociationType.replace, .transformAndReplace])
    func deprecatesTarget(_ type: AssociationType) async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single()
            try await bench.accept(old.sample)
            var expected = try await bench.entry(old.id)
            let new = SampleSubmission.related(type, to: old.id)
            try await bench.accept(new.sample)
            expected.object.status = AvailabilityStatus.deprecated.rawValue
            #expect(try await bench.entry(old.id) == expected, "nothing but the status changed")
            #expect(try await bench.status(of: old.id) == ["Deprecated", AvailabilityStatus.deprecated.rawValue])
            #expect(try await bench.status(of: new.id) == ["Approved", AvailabilityStatus.approved.rawValue])
        }
    }

    @Test("3.42.4.1.3.3: XFRM and APND children of the target become Deprecated at any depth, others do not")
    func deprecatesChildren() async throws {
        try await RegistryBench.with { bench in
            let parent = SampleSubmission.single()
            try await bench.accept(parent.sample)
            let transformed = SampleSubmission.related(.transform, to: parent.id)
            let appended = SampleSubmission.related(.append, to: parent.id)
            let signature = SampleSubmission.related(.signs, to: parent.id)
            for child in [transformed, appended, signature] { try await bench.accept(child.sample) }
            let grandchild = SampleSubmission.related(.append, to: appended.id)
            let second = SampleSubmission.related(.transform, to: appended.id)
            for child in [grandchild, second] { try await bench.accept(child.sample) }
            let bystander = SampleSubmission.single()
            try await bench.accept(bystander.sample)

            let new = SampleSubmission.related(.replace, to: parent.id)
            try await bench.accept(new.sample)
            for id in [parent.id, transformed.id, appended.id, grandchild.id, second.id] {
                #expect(try await bench.status(of: id) == ["Deprecated", AvailabilityStatus.deprecated.rawValue])
            }
            #expect(try await bench.find(.findDocuments()) == [signature.id, bystander.id, new.id])
        }
    }

    @Test("replacing a child leaves its parent alone; a replaced document is not replaced again")
    func replacesChildAlone() async throws {
        try await RegistryBench.with { bench in
            let parent = SampleSubmission.single()
            try await bench.accept(parent.sample)
            let child = SampleSubmission.related(.append, to: parent.id)
            try await bench.accept(child.sample)
            let new = SampleSubmission.related(.replace, to: child.id)
            try await bench.accept(new.sample)
            #expect(try await bench.find(.findDocuments()) == [parent.id, new.id])
            let before = try await bench.rowCounts()
            for type in [AssociationType.replace, .append, .transform] {
                let late = try await bench.register(SampleSubmission.related(type, to: child.id).sample)
                #expect(late.errors.map(\.code) == [.deprecatedDocument], "\(type)")
            }
            #expect(try await bench.rowCounts() == before)
        }
    }

    @Test("a target that is not there is UnresolvedReferenceException, one of another patient XDSPatientIdDoesNotMatch")
    func refusesOtherTargets() async throws {
        try await RegistryBench.with { bench in
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId)
            try await bench.accept(other.sample)
            let before = try await bench.rowCounts()
            let unknown = try await bench.register(SampleSubmission.related(.replace, to: UUID()).sample)
            #expect(unknown.errors.map(\.code) == [.unresolvedReference])
            let foreign = try await bench.register(SampleSubmission.related(.replace, to: other.id).sample)
            #expect(foreign.errors.map(\.code) == [.patientIdDoesNotMatch])
            #expect(try await bench.rowCounts() == before)
            #expect(try await bench.status(of: other.id).first == "Approved")
        }
    }

    // MARK: Folders

    /// A registered Folder with one document.
    private static func folder(
        _ bench: RegistryBench, slot: Slot? = nil
    ) async throws -> (folder: UUID, document: UUID) {
        var sample = SampleMetadata.submission(folders: 1)
        let document = sample.identify()
        let folder = sample.identifyFolder()
        if let slot { sample.folder.object.slots.append(slot) }
        sample.link(folder: folder.urn, documentEntry: document.urn)
        try await bench.accept(sample)
        return (folder, document)
    }

    /// lastUpdateTime of the only Folder: in its column and in its fragment.
    private static func lastUpdateTime(_ bench: RegistryBench) async throws -> (column: String, fragment: [String]) {
        let folder = try #require(try await bench.stored(in: "folder").packages.first)
        return (
            try await bench.text("select last_update_time from folder"),
            folder.object.slots.filter { $0.name == SlotName.lastUpdateTime }.flatMap(\.values)
        )
    }

    /// Puts lastUpdateTime of all Folders back, so that a new one can be told from it.
    private static func setBack(_ bench: RegistryBench) async throws {
        let affected = try await bench.client.query(
            """
            update folder set last_update_time = '20010101000000', fragment = replace(fragment,
                '<rim:Value>' || last_update_time || '</rim:Value>', '<rim:Value>20010101000000</rim:Value>')
            where fragment like '%<rim:Value>' || last_update_time || '</rim:Value>%'
            """
        ).affectedRows
        #expect(affected == 1)
    }

    @Test(
        "3.42.4.1.3.4: a folder that gains a document has a new lastUpdateTime, in column and fragment alike",
        arguments: [
            nil, Slot(name: SlotName.lastUpdateTime, values: ["2001"]),
            Slot(name: SlotName.lastUpdateTime, slotType: "urn:example:type", values: ["2001"]),
        ])
    func updatesFolder(_ slot: Slot?) async throws {
        try await RegistryBench.with { bench in
            let (folder, _) = try await Self.folder(bench, slot: slot)
            let first = try await Self.lastUpdateTime(bench)
            #expect(first.fragment == [first.column])
            #expect(first.column > "2025")
            try await Self.setBack(bench)

            var sample = SampleMetadata.submission()
            let added = sample.identify()
            sample.link(folder: folder.urn, documentEntry: added.urn)
            try await bench.accept(sample)
            let second = try await Self.lastUpdateTime(bench)
            #expect(second.column >= first.column)
            #expect(second.fragment == [second.column])
        }
    }

    @Test("3.42.4.1.3.3: the new document joins the folders of the old one, which stays in them")
    func inheritsFolder() async throws {
        try await RegistryBench.with { bench in
            let (folder, old) = try await Self.folder(bench)
            let before = try await bench.stored(in: "folder").packages.first
            let first = try await Self.lastUpdateTime(bench)
            try await Self.setBack(bench)
            let new = SampleSubmission.related(.replace, to: old)
            try await bench.accept(new.sample)

            let associations = try await bench.stored(in: "association").associations
            let members = associations.filter { $0.source == .uuid(folder) }
            #expect(Set(members.map(\.target)) == [.uuid(old), .uuid(new.id)])
            let membership = try #require(members.first { $0.target == .uuid(new.id) })
            let holders = associations.filter { $0.target == membership.object.entryUUID }
            let latestSet = try await bench.text(
                "select submission_set::text from document_entry where entry_uuid = \(new.id)")
            #expect(holders.map { $0.source.uuid?.uuidString.lowercased() } == [latestSet])
            #expect(holders.map(\.associationType) == [AssociationType.hasMember.rawValue])

            let second = try await Self.lastUpdateTime(bench)
            #expect(second.column >= first.column)
            #expect(second.fragment == [second.column])
            var after = try await bench.stored(in: "folder").packages.first
            after?.object.setSlot(SlotName.lastUpdateTime, [first.column])
            #expect(after == before, "nothing else of the folder changed")
        }
    }

    @Test("folders that are Deprecated or hold the document no longer do not gain the new one")
    func inheritsApprovedOnly() async throws {
        try await RegistryBench.with { bench in
            let (folder, old) = try await Self.folder(bench)
            _ = try await bench.client.query(
                "update association set status = 'Deprecated' where source_object = \(folder)")
            try await bench.accept(SampleSubmission.related(.replace, to: old).sample)
            #expect(try await bench.number("select count(*) from association where source_object = \(folder)") == 1)

            let (second, document) = try await Self.folder(bench)
            _ = try await bench.client.query("update folder set status = 'Deprecated' where entry_uuid = \(second)")
            try await bench.accept(SampleSubmission.related(.replace, to: document).sample)
            #expect(try await bench.number("select count(*) from association where source_object = \(second)") == 1)
        }
    }

    @Test("a submission that puts the new document into the folder itself does not put it there twice")
    func inheritsOnce() async throws {
        try await RegistryBench.with { bench in
            let (folder, old) = try await Self.folder(bench)
            var new = SampleSubmission.related(.replace, to: old)
            new.sample.link(folder: folder.urn, documentEntry: new.id.urn)
            try await bench.accept(new.sample)
            #expect(
                try await bench.number(
                    "select count(*) from association where source_object = \(folder) and target_object = \(new.id)")
                    == 1)
        }
    }
}
