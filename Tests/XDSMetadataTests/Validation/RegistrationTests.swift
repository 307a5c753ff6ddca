import FoundationEssentials
import NIOCore
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

@Suite("ITI-42: what is stored")
struct RegistrationTests {
    private func validate(_ sample: SampleSubmission, _ state: RegistryState) throws -> ValidatedSubmission {
        try SubmissionValidator(.registerDocumentSet).validate(sample.unverified, against: state, at: registrationTime)
    }

    private func fragment(_ text: String) throws -> ExtrinsicObject {
        var decoder = EbRIMDecoder()
        let object = decoder.extrinsicObject(try element(text))
        #expect(decoder.deviations == [])
        return object
    }

    @Test("3.42.4.1.3: symbolic ids become UUIDs, the same symbol the same UUID; valid UUIDs stay")
    func resolvesIds() throws {
        var sample = SampleMetadata.submission(documents: 2, folders: 1).completed()
        let chosen = UUID()
        sample.objects.associations[2].object.id = chosen.urn
        let result = try validate(sample, try .sample())
        let set = result.submissionSet.object.entryUUID
        #expect(set.uuid != nil)
        #expect(result.associations.map(\.object.source) == [set, set, set])
        let members = result.documentEntries.map(\.object.entryUUID) + result.folders.map(\.object.entryUUID)
        #expect(result.associations.map(\.object.target) == members)
        #expect(Set(members).count == 3)
        #expect(result.associations[2].object.entryUUID == .uuid(chosen))
    }

    @Test("UUIDs come from the given source, one for each symbol")
    func injectsUUIDs() throws {
        var next: UInt8 = 0
        let result = try SubmissionValidator(.registerDocumentSet).validate(
            SampleMetadata.submission().completed().unverified, against: try .sample(), at: registrationTime
        ) {
            next += 1
            return UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, next))
        }
        #expect(next == 3)
        #expect(result.documentEntries[0].object.entryUUID.text == "urn:uuid:00000000-0000-4000-8000-000000000001")
    }

    @Test("a fragment starts with its status, has lid and version, and complete components")
    func writesFragment() throws {
        let result = try validate(SampleMetadata.submission().completed(), try .sample())
        let entry = result.documentEntries[0]
        #expect(entry.fragment.hasPrefix("<rim:ExtrinsicObject status=\"\(AvailabilityStatus.approved.rawValue)\" id="))
        let object = try fragment(entry.fragment).object
        #expect(object.lid == object.id)
        #expect(object.id == entry.object.entryUUID.text)
        #expect(object.versionInfo?.versionName == "1")
        for part in object.classifications {
            #expect(part.classifiedObject == object.id)
            #expect(part.object.objectType == EbRIMVocabulary.ObjectType.classification)
            #expect(part.object.entryUUID.uuid != nil)
        }
        for part in object.externalIdentifiers {
            #expect(part.registryObject == object.id)
            #expect(part.object.entryUUID.uuid != nil)
        }
        let ids = object.classifications.map(\.object.id) + object.externalIdentifiers.map(\.object.id)
        #expect(Set(ids).count == ids.count)
        #expect(entry.object.availabilityStatus == .approved)
        #expect(entry.object.version == 1)
    }

    @Test("4.2.3.1.6: nothing that was sent is lost; extra Slots keep their place and text")
    func keepsEverything() throws {
        var sample = SampleMetadata.submission().completed()
        sample.documentEntry.object.slots.insert(
            Slot(name: "urn:example:extra", values: [" a ", "<b> & \"c\""]), at: 1)
        sample.documentEntry.object.name = InternationalString(strings: [
            LocalizedString(value: "Brief", language: "nl", charset: "UTF-8"),
            LocalizedString(value: "Letter", language: "en"),
        ])
        sample.documentEntry.isOpaque = "true"
        let sent = sample.documentEntry
        let entry = try #require(try validate(sample, try .sample()).documentEntries.first)
        let stored = try fragment(entry.fragment)
        #expect(stored.object.slots == sent.object.slots)
        #expect(stored.object.name == sent.object.name)
        #expect(stored.object.comments == sent.object.comments)
        #expect(stored.mimeType == sent.mimeType)
        #expect(stored.isOpaque == "true")
        #expect(
            stored.object.classifications.map(\.nodeRepresentation)
                == sent.object.classifications.map(\.nodeRepresentation))
        #expect(stored.object.classifications.map(\.object.slots) == sent.object.classifications.map(\.object.slots))
        #expect(stored.object.externalIdentifiers.map(\.value) == sent.object.externalIdentifiers.map(\.value))
    }

    @Test("4.2.3.1.3: an identifier without its fixed name gets it")
    func namesIdentifiers() throws {
        var sample = SampleMetadata.submission().completed()
        for index in sample.documentEntry.object.externalIdentifiers.indices {
            sample.documentEntry.object.externalIdentifiers[index].object.name = nil
        }
        let stored = try fragment(try #require(try validate(sample, try .sample()).documentEntries.first).fragment)
        let names = stored.object.externalIdentifiers.map(\.object.name?.text)
        #expect(names == ["XDSDocumentEntry.patientId", "XDSDocumentEntry.uniqueId"])
    }

    @Test("a submitted status and lid have no effect")
    func ignoresSubmittedStatus() throws {
        var sample = SampleMetadata.submission().completed()
        sample.documentEntry.object.status = AvailabilityStatus.deprecated.rawValue
        sample.documentEntry.object.lid = UUID().urn
        let entry = try #require(try validate(sample, try .sample()).documentEntries.first)
        #expect(entry.object.availabilityStatus == .approved)
        #expect(entry.object.logicalID == entry.object.entryUUID)
        #expect(!entry.fragment.contains(AvailabilityStatus.deprecated.rawValue))
    }

    @Test("3.42.4.1.3: lastUpdateTime of a folder is the time of registration, over any submitted value")
    func setsLastUpdateTime() throws {
        var sample = SampleMetadata.submission(documents: 0, folders: 1)
        sample.folder.object.setSlot(SlotName.lastUpdateTime, ["2001"])
        let folder = try #require(try validate(sample, try .sample()).folders.first)
        #expect(folder.object.lastUpdateTime == registrationTime)
        #expect(folder.fragment.contains("<rim:Value>\(registrationTime.text)</rim:Value>"))
    }

    @Test("4.2.2.2: RPLC deprecates the target and its children, and the new document joins the target's folders")
    func replaces() throws {
        var state = try RegistryState.sample()
        let (old, child, grandchild) = (
            try state.addDocumentEntry(), try state.addDocumentEntry(), try state.addDocumentEntry()
        )
        let folder = try state.addFolder()
        state.children = [old: [child], child: [grandchild, old]]
        state.folders = [old: [folder]]
        var sample = SampleMetadata.submission().completed()
        sample.associate(.replace, from: "Document01", to: old.urn)
        let result = try validate(sample, state)
        #expect(result.deprecatedDocuments == [old, child, grandchild])
        #expect(result.updatedFolders == [folder])
        let added = result.associations.suffix(2).map(\.object)
        let document = result.documentEntries[0].object.entryUUID
        #expect(result.associations.count == 4)
        #expect(added[0].source == .uuid(folder) && added[0].target == document)
        #expect(added[1].source == result.submissionSet.object.entryUUID && added[1].target == added[0].entryUUID)
    }

    @Test("a membership that the sender gave is not added again")
    func replacesWithExplicitMembership() throws {
        var state = try RegistryState.sample()
        let old = try state.addDocumentEntry()
        let folder = try state.addFolder()
        state.folders = [old: [folder]]
        var sample = SampleMetadata.submission().completed()
        sample.associate(.transformAndReplace, from: "Document01", to: old.urn)
        sample.link(folder: folder.urn, documentEntry: "Document01")
        let result = try validate(sample, state)
        #expect(result.associations.count == 4)
        #expect(result.updatedFolders == [folder])
    }

    @Test("APND, XFRM, signs and IsSnapshotOf leave the target Approved")
    func leavesTargets() throws {
        var state = try RegistryState.sample()
        var sample = SampleMetadata.submission().completed()
        for type in [AssociationType.append, .transform, .signs] {
            sample.associate(type, from: "Document01", to: try state.addDocumentEntry().urn)
        }
        sample.associate(.isSnapshotOf, from: "Document01", to: try state.addDocumentEntry(type: .onDemand).urn)
        #expect(try validate(sample, state).deprecatedDocuments == [])
    }

    @Test("4.2.2.1.1: an entry by Reference may be of another patient, and a submission may hold nothing but it")
    func acceptsReference() throws {
        var state = try RegistryState.sample()
        let id = try state.addDocumentEntry(status: .deprecated, patientId: SampleMetadata.otherPatientId)
        var sample = SampleMetadata.submission(documents: 0)
        sample.associate(.hasMember, from: SampleMetadata.submissionSetId, to: id.urn, status: .reference)
        #expect(try validate(sample, state).associations.first?.object.submissionSetStatus == .reference)
    }

    @Test("4.2.4.1: the same bytes under a known uniqueId are accepted; hash and size compare as values")
    func acceptsIdentical() throws {
        var sample = SampleMetadata.submission().completed()
        var state = try RegistryState.sample()
        try sample.know(in: &state) { RegistryState.KnownDocument(hash: $0.hash, size: $0.size) }
        let hash = sample.documentEntry.object.slot(SlotName.hash)?.values.first ?? ""
        let size = sample.documentEntry.object.slot(SlotName.size)?.values.first ?? ""
        sample.documentEntry.object.setSlot(SlotName.hash, [hash.uppercased()])
        sample.documentEntry.object.setSlot(SlotName.size, ["00" + size])
        let entry = try #require(try validate(sample, state).documentEntries.first)
        #expect(entry.fragment.contains(hash.uppercased()))
    }

    @Test("needs: what has to be looked up")
    func computesNeeds() throws {
        var sample = SampleMetadata.submission(documents: 1, folders: 1)
        let (target, chosen) = (UUID(), UUID())
        sample.associate(.replace, from: "Document01", to: target.urn)
        sample.objects.associations[2].object.id = chosen.urn
        let needs = SubmissionNeeds(sample.unverified)
        #expect(needs.patientIds == [try SampleMetadata.patient()])
        #expect(needs.documentUniqueIds == [try sample.uniqueId(EbRIMVocabulary.Scheme.documentEntryUniqueId)])
        #expect(needs.packageUniqueIds.count == 2)
        #expect(needs.objectIds == [target, chosen])
        #expect(needs.replacedDocuments == [target])
    }
}
