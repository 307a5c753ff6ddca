import FoundationEssentials
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

@Suite("ITI-57: what an update changes")
struct UpdateEffectsTests {
    /// Ends of Approved new Associations that are no HasMembers of the SubmissionSet and no triggers.
    private func links(_ update: ValidatedUpdate) -> Set<[EntryUUID]> {
        let set = update.submissionSet.object.entryUUID
        return Set(update.associations.map(\.object).filter { $0.source != set }.map { [$0.source, $0.target] })
    }

    @Test("3.57.4.1.3: a new version keeps lid, counts up, and deprecates the old one; its fragment says so")
    func makesVersion() throws {
        var scenario = try UpdateScenario()
        scenario.updateDocument { $0.object.name = InternationalString("Herziene brief") }
        let update = try scenario.validate()
        let entry = try #require(update.documentEntries.first)
        #expect(entry.object.logicalID == .uuid(scenario.document))
        #expect(entry.object.version == 2)
        #expect(entry.object.availabilityStatus == .approved)
        #expect(entry.object.entryUUID.uuid != nil && entry.object.entryUUID != .uuid(scenario.document))
        var decoder = EbRIMDecoder()
        let stored = decoder.extrinsicObject(try element(entry.fragment))
        #expect(entry.fragment.hasPrefix("<rim:ExtrinsicObject status=\"\(AvailabilityStatus.approved.rawValue)\""))
        #expect(stored.object.lid == scenario.document.urn)
        #expect(stored.object.versionInfo?.versionName == "2")
        #expect(stored.object.name?.text == "Herziene brief")
        #expect(
            update.changes.contains(
                .init(
                    id: scenario.document, kind: .documentEntry, from: .approved, to: .deprecated, isSuperseded: true)))
    }

    @Test("Associations follow the new version: Approved copies, old ones Deprecated; HasMembers of sets do not")
    func propagates() throws {
        var scenario = try UpdateScenario()
        scenario.updateDocument()
        let update = try scenario.validate()
        let new = try #require(update.documentEntries.first?.object.entryUUID)
        #expect(links(update) == [[.uuid(scenario.folder), new], [.uuid(scenario.addendum), new]])
        let deprecated = update.changes.filter { $0.kind == .association }
        #expect(Set(deprecated.map(\.id)) == [scenario.membership, scenario.relationship])
        #expect(deprecated.allSatisfy { $0.to == .deprecated && !$0.isSuperseded })
        #expect(update.associations.count == 3, "two copies and the HasMember of the new SubmissionSet")
        #expect(update.gainingFolders.isEmpty)
    }

    @Test("AssociationPropagation no leaves Associations as they are, yes is as absent", arguments: ["no", "yes"])
    func obeysPropagation(_ value: String) throws {
        var scenario = try UpdateScenario()
        scenario.updateDocument(propagation: value)
        let update = try scenario.validate()
        #expect(links(update).count == (value == "no" ? 0 : 2))
        #expect(update.changes.count == (value == "no" ? 1 : 3))
    }

    @Test("a copy keeps Slots and documentation of its Association and gets ids of its own")
    func copiesWholeAssociation() throws {
        var scenario = try UpdateScenario()
        var object = RegistryObject(
            id: scenario.relationship.urn, objectType: EbRIMVocabulary.ObjectType.association)
        object.setSlot("urn:example:extra", ["x"])
        var code = SampleMetadata.code(
            "A", "2.999", "Aanvulling", EbRIMVocabulary.Scheme.associationDocumentation, of: scenario.relationship.urn)
        code.object.id = UUID().urn
        object.classifications = [code]
        scenario.state.add(
            UpdateObject(
                id: scenario.relationship, kind: .association, status: .approved,
                content: .association(
                    EbRIMAssociation(
                        object: object, associationType: AssociationType.append.rawValue,
                        sourceObject: scenario.addendum.urn, targetObject: scenario.document.urn))))
        scenario.updateDocument()
        let copy = try #require(try scenario.validate().associations.first { $0.object.type == .append })
        var decoder = EbRIMDecoder()
        let stored = decoder.association(try element(copy.fragment))
        #expect(stored.object.slot("urn:example:extra")?.values == ["x"])
        #expect(stored.object.classifications.map(\.nodeRepresentation) == ["A"])
        #expect(stored.object.classifications.map(\.classifiedObject) == [stored.object.id])
        #expect(stored.object.classifications.first?.object.id != code.object.id)
        #expect(stored.object.id != scenario.relationship.urn)
        #expect(stored.object.lid == stored.object.id)
    }

    @Test("the new version of a Folder keeps lastUpdateTime and its documents")
    func updatesFolder() throws {
        var scenario = try UpdateScenario()
        scenario.updateFolder()
        let update = try scenario.validate()
        let folder = try #require(update.folders.first?.object)
        #expect(folder.version == 2)
        #expect(folder.logicalID == .uuid(scenario.folder))
        #expect(folder.lastUpdateTime?.text == "20250304101600")
        #expect(links(update) == [[folder.entryUUID, .uuid(scenario.document)]])
    }

    @Test(
        "triggers see what those before them did: document and Folder updated at once are linked in their new versions")
    func processesInOrder() throws {
        var scenario = try UpdateScenario()
        scenario.updateFolder()
        scenario.updateDocument()
        let submitted = scenario.sample.submit(.hasMember, from: scenario.folder, to: scenario.addendum)
        let update = try scenario.validate()
        let new = try #require(update.documentEntries.first?.object.entryUUID)
        let folder = try #require(update.folders.first?.object.entryUUID)
        #expect(
            links(update) == [[folder, new], [folder, .uuid(scenario.addendum)], [.uuid(scenario.addendum), new]])
        let ids = Set(update.associations.map(\.object.entryUUID))
        #expect(ids.count == update.associations.count)
        #expect(submitted == "as3")
        #expect(update.folders.first?.object.lastUpdateTime == registrationTime, "the Folder gains a document")
    }

    @Test("both ends of an Association updated to another patient at once stay linked")
    func movesLinkedObjectsTogether() throws {
        let other = SampleMetadata.otherPatientId
        var scenario = try UpdateScenario()
        scenario.state = scenario.withoutLinks(of: scenario)
        scenario.link(scenario.membership, .hasMember, from: scenario.folder, to: scenario.document)
        scenario.sample = SampleMetadata.update(patientId: other)
        scenario.updateDocument { $0.object.setIdentifier(EbRIMVocabulary.Scheme.documentEntryPatientId, other) }
        #expect(scenario.errors.map(\.code) == [.patientIDReconciliation])
        scenario.updateFolder { $0.object.setIdentifier(EbRIMVocabulary.Scheme.folderPatientId, other) }
        let update = try scenario.validate()
        #expect(update.documentEntries.first?.object.patientId == (try SampleMetadata.patient(other)))
        #expect(links(update).count == 1)
    }

    @Test("a status changes both ways, and no version is made")
    func changesStatus() throws {
        for (from, to) in [(AvailabilityStatus.approved, AvailabilityStatus.deprecated), (.deprecated, .approved)] {
            var scenario = try UpdateScenario()
            try scenario.add(scenario.addendum, .documentEntry, .documentEntry(scenario.entry), status: from)
            scenario.link(scenario.membership, .hasMember, from: scenario.folder, to: scenario.document, status: from)
            scenario.sample.changeStatus(of: scenario.addendum, from: from, to: to)
            scenario.sample.changeStatus(of: scenario.membership, from: from, to: to)
            let update = try scenario.validate()
            #expect(update.documentEntries.isEmpty)
            #expect(Set(update.changes.map(\.id)) == [scenario.addendum, scenario.membership])
            #expect(update.changes.allSatisfy { $0.from == from && $0.to == to && !$0.isSuperseded })
            #expect(update.associations.map(\.object.type) == [.updateAvailabilityStatus, .updateAvailabilityStatus])
        }
    }

    @Test("what a status trigger names may be the new version of the same request")
    func changesStatusOfNewVersion() throws {
        var scenario = try UpdateScenario()
        scenario.updateDocument()
        let set = scenario.sample.submissionSet.object.id ?? ""
        scenario.sample.associate(.updateAvailabilityStatus, from: set, to: "Version01")
        let last = scenario.sample.objects.associations.count - 1
        for (slot, status) in [
            (SlotName.originalStatus, AvailabilityStatus.approved), (SlotName.newStatus, .deprecated),
        ] {
            scenario.sample.objects.associations[last].object.setSlot(slot, [status.rawValue])
        }
        #expect(try scenario.validate().documentEntries.first?.object.availabilityStatus == .deprecated)
    }

    @Test(
        "a submitted Association is stored as it was sent, and a Folder that gains a document has a new lastUpdateTime")
    func submitsAssociation() throws {
        var scenario = try UpdateScenario()
        scenario.sample.submit(.hasMember, from: scenario.folder, to: scenario.addendum)
        let update = try scenario.validate()
        #expect(links(update) == [[.uuid(scenario.folder), .uuid(scenario.addendum)]])
        #expect(update.associations.map(\.object.type) == [.hasMember, .submitAssociation])
        #expect(update.gainingFolders == [scenario.folder])
        #expect(update.changes.isEmpty)
    }

    @Test("what the registry is asked for before an update is judged")
    func computesNeeds() throws {
        var scenario = try UpdateScenario()
        scenario.updateDocument()
        scenario.sample.changeStatus(of: scenario.membership, from: .approved, to: .deprecated)
        scenario.sample.update(scenario.entry, logicalID: UUID(), id: "Version02")
        scenario.sample.objects.extrinsicObjects[1].object.lid = nil
        let needs = UpdateNeeds(UnverifiedUpdate(scenario.sample.unverified))
        #expect(needs.logicalIDs == [scenario.document])
        #expect(needs.objectIds == [scenario.membership])
        #expect(needs.patientIds == [try SampleMetadata.patient()])
        #expect(needs.documentUniqueIds.count == 1)
        #expect(needs.packageUniqueIds.count == 1)
    }
}
