import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

@Suite("ITI-57: update rules")
struct UpdateRuleTests {
    typealias Scheme = EbRIMVocabulary.Scheme

    @Test("3.57.4.1.2: one valid sample of every trigger passes, alone and all together")
    func acceptsValid() throws {
        let triggers: [(inout UpdateScenario) -> Void] = [
            { $0.updateDocument() },
            { $0.sample.changeStatus(of: $0.addendum, from: .approved, to: .deprecated) },
            { $0.sample.submit(.hasMember, from: $0.folder, to: $0.addendum) },
            { $0.sample.changeStatus(of: $0.membership, from: .approved, to: .deprecated) },
            { $0.updateFolder() },
        ]
        for trigger in triggers {
            var scenario = try UpdateScenario()
            trigger(&scenario)
            #expect(scenario.errors == [])
        }
        var together = try UpdateScenario()
        together.updateDocument()
        together.sample.submit(.hasMember, from: together.folder, to: together.addendum)
        together.updateFolder()
        #expect(together.errors == [])
    }

    @Test("one change, one code", arguments: newVersions + statuses + associations + whole)
    func refuses(_ rule: UpdateCase) throws { try rule.check(.updateDocumentSet) }

    @Test("4.2.4.1: all errors of all triggers are reported, each with the id of its object")
    func collectsErrors() throws {
        var scenario = try UpdateScenario()
        scenario.updateDocument(previousVersion: 7) { $0.object.removeSlot(SlotName.languageCode) }
        scenario.sample.changeStatus(of: UUID(), from: .approved, to: .deprecated)
        scenario.updateFolder { $0.object.lid = UUID().urn }
        let errors = scenario.errors
        #expect(Set(errors.map(\.code)) == [.metadata, .metadataVersion, .metadataUpdate])
        for id in ["Version01", "as2", "FolderVersion01"] {
            #expect(errors.contains { $0.context.contains(id) }, "\(id)")
        }
    }

    @Test("3.42.4.1.3: the codes of a new version are in the value sets, or the answer warns of them")
    func checksCodes() throws {
        var set = ValueSet(name: "van de regio")
        set.insert("andere", codingSchemes: ["2.999.20.1"])
        for transaction in [UpdateTransaction.updateDocumentSet, .restrictedUpdateDocumentSet] {
            var scenario = try UpdateScenario(transaction)
            scenario.updateDocument()
            scenario.valueSets.bind(.classCode, to: set, mode: .reject)
            #expect(scenario.errors.map(\.location) == ["XDSRegistry/DocumentEntry[Version01]/classCode"])
            scenario.valueSets.bind(.classCode, to: set, mode: .warn)
            #expect(try scenario.validate().warnings.map(\.severity) == [.warning])
        }
    }

    static let newVersions: [UpdateCase] = [
        UpdateCase("no lid", .metadataUpdate, context: "lid is missing") {
            $0.updateDocument { $0.object.lid = nil }
        },
        UpdateCase("a lid that is no UUID", .metadataUpdate, context: "not a UUID") {
            $0.updateDocument { $0.object.lid = "LogicalID" }
        },
        UpdateCase("a lid equal to id", .metadataUpdate, context: "equal to id") {
            $0.updateDocument {
                $0.object.identify(as: "Version01"); $0.object.lid = "Version01"
            }
        },
        UpdateCase("an unknown lid", .metadataVersion, context: "no DocumentEntry with lid") {
            $0.updateDocument { $0.object.lid = UUID().urn }
        },
        UpdateCase("the lid of a Folder", .metadataVersion, context: "no DocumentEntry with lid") { scenario in
            let folder = scenario.folder.urn
            scenario.updateDocument { $0.object.lid = folder }
        },
        UpdateCase("an older PreviousVersion", .metadataVersion, context: "current version is 1") {
            $0.updateDocument(previousVersion: 2)
        },
        UpdateCase("no PreviousVersion", .metadataVersion, .metadataUpdate, context: "PreviousVersion is missing") {
            $0.updateDocument()
            $0.member.object.removeSlot(SlotName.previousVersion)
        },
        UpdateCase("a PreviousVersion of 0", .metadataVersion, .metadataUpdate, context: "positive integer") {
            $0.updateDocument(previousVersion: 0)
        },
        UpdateCase("another AssociationPropagation", .metadataUpdate, context: "neither yes nor no") {
            $0.updateDocument(propagation: "maybe")
        },
        UpdateCase("no HasMember", .metadataUpdate, context: "no HasMember") {
            $0.updateDocument()
            $0.sample.objects.associations = []
        },
        UpdateCase("SubmissionSetStatus Reference", .metadata, context: "Reference") {
            $0.updateDocument()
            $0.member.object.setSlot(SlotName.submissionSetStatus, [SubmissionSetStatus.reference.rawValue])
        },
        UpdateCase("no SubmissionSetStatus", .metadata, context: "SubmissionSetStatus") {
            $0.updateDocument()
            $0.member.object.removeSlot(SlotName.submissionSetStatus)
        },
        UpdateCase("a deprecated latest version", .metadataUpdate, context: "Deprecated") {
            try $0.add($0.document, .documentEntry, .documentEntry($0.entry), status: .deprecated)
            $0.updateDocument()
        },
        UpdateCase("another uniqueId", .metadataUpdate, context: "uniqueId") {
            $0.updateDocument { $0.object.setIdentifier(Scheme.documentEntryUniqueId, "2.999.1") }
        },
        UpdateCase("another objectType", .metadataUpdate, context: "objectType") {
            $0.updateDocument { entry in
                entry.object.objectType = DocumentEntryType.onDemand.rawValue
                for name in [SlotName.hash, SlotName.size, SlotName.creationTime] { entry.object.removeSlot(name) }
            }
        },
        UpdateCase("incomplete metadata", .metadata, context: "classCode is missing") {
            $0.updateDocument { $0.object.removeClassification(Scheme.classCode) }
        },
        UpdateCase("two new versions of one object", .metadataUpdate, context: "more than one") {
            $0.updateDocument()
            $0.sample.update($0.entry, logicalID: $0.document, id: "Version02")
        },
        UpdateCase("the id of a registered object", .metadata, context: "id") { scenario in
            let addendum = scenario.addendum.urn
            scenario.updateDocument()
            scenario.sample.objects.extrinsicObjects[0].object.identify(as: addendum, logicalID: scenario.document)
            scenario.member.targetObject = addendum
        },
        UpdateCase("an unknown patient", .unknownPatientId, context: "not known") {
            $0.state.registry.patients = [:]
            $0.updateDocument()
        },
        UpdateCase("another patient than the SubmissionSet", .patientIDReconciliation, context: "SubmissionSet") {
            $0.updateDocument(propagation: "no") {
                $0.object.setIdentifier(Scheme.documentEntryPatientId, SampleMetadata.otherPatientId)
            }
        },
        UpdateCase("a patient that the Folder and the addendum do not have", .patientIDReconciliation) {
            $0.sample = SampleMetadata.update(patientId: SampleMetadata.otherPatientId)
            $0.updateDocument {
                $0.object.setIdentifier(Scheme.documentEntryPatientId, SampleMetadata.otherPatientId)
            }
        },
        UpdateCase("a document of another organisation", .metadataUpdate, context: "another organisation") {
            $0.mayChange = { _ in false }
            $0.updateDocument()
        },
        UpdateCase("no lid on a Folder", .metadataUpdate, context: "lid is missing") {
            $0.updateFolder { $0.object.lid = nil }
        },
        UpdateCase("an older version of a Folder", .metadataVersion, context: "current version is 1") {
            $0.updateFolder(previousVersion: 3)
        },
        UpdateCase("another uniqueId of a Folder", .metadataUpdate, context: "uniqueId") {
            $0.updateFolder { $0.object.setIdentifier(Scheme.folderUniqueId, "2.999.1") }
        },
        UpdateCase("incomplete metadata of a Folder", .metadata, context: "codeList is missing") {
            $0.updateFolder { $0.object.removeClassification(Scheme.folderCodeList) }
        },
        UpdateCase("a deprecated Folder", .metadataUpdate, context: "Deprecated") {
            try $0.add($0.folder, .folder, .package($0.package), status: .deprecated)
            $0.updateFolder()
        },
    ]

    static let statuses: [UpdateCase] = [
        UpdateCase("another OriginalStatus", .metadataUpdate, context: "OriginalStatus is not the status") {
            $0.sample.changeStatus(of: $0.document, from: .deprecated, to: .approved)
        },
        UpdateCase("no change", .metadataUpdate, context: "equal to OriginalStatus") {
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .approved)
        },
        UpdateCase("an unknown NewStatus", .metadataUpdate, context: "NewStatus is not one value") {
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .deprecated)
            $0.sample.objects.associations[0].object.setSlot(SlotName.newStatus, ["Deprecated"])
        },
        UpdateCase("no OriginalStatus", .metadataUpdate, context: "OriginalStatus is not one value") {
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .deprecated)
            $0.sample.objects.associations[0].object.removeSlot(SlotName.originalStatus)
        },
        UpdateCase("an unknown target", .metadataUpdate, context: "not in the registry") {
            $0.sample.changeStatus(of: UUID(), from: .approved, to: .deprecated)
        },
        UpdateCase("a SubmissionSet", .metadataUpdate, context: "cannot be changed") {
            $0.sample.changeStatus(of: $0.set, from: .approved, to: .deprecated)
        },
        UpdateCase("a Folder", .metadataUpdate, context: "cannot be changed") {
            $0.sample.changeStatus(of: $0.folder, from: .approved, to: .deprecated)
        },
        UpdateCase("an older version", .metadataUpdate, context: "not the latest version") {
            let newer = UUID()
            try $0.add($0.document, .documentEntry, .documentEntry($0.entry), isLatest: false)
            try $0.add(newer, .documentEntry, .documentEntry($0.entry), version: 2, logicalID: $0.document)
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .deprecated)
        },
        UpdateCase("a HasMember of a SubmissionSet", .metadataUpdate, context: "neither a membership") {
            $0.sample.changeStatus(of: $0.submission, from: .approved, to: .deprecated)
        },
        UpdateCase("a source that is not the SubmissionSet", .metadataUpdate, context: "sourceObject") {
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .deprecated)
            $0.sample.objects.associations[0].sourceObject = $0.folder.urn
        },
        UpdateCase("a document of another patient", .patientIDReconciliation, context: "not of the patient") {
            $0.sample = SampleMetadata.update(patientId: SampleMetadata.otherPatientId)
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .deprecated)
        },
        UpdateCase("a document of another organisation", .metadataUpdate, context: "another organisation") {
            $0.mayChange = { _ in false }
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .deprecated)
        },
        UpdateCase("an Association that would join two patients", .patientIDReconciliation) {
            try $0.add(
                $0.folder, .folder, .package($0.package), patientId: SampleMetadata.otherPatientId)
            $0.link($0.membership, .hasMember, from: $0.folder, to: $0.document, status: .deprecated)
            $0.sample.changeStatus(of: $0.membership, from: .deprecated, to: .approved)
        },
    ]

    static let associations: [UpdateCase] = [
        UpdateCase("an unknown type", .metadata, context: "associationType") {
            $0.sample.submit(.signs, from: $0.addendum, to: $0.document)
            $0.sample.objects.associations[0].associationType = "urn:example:unknown"
        },
        UpdateCase("ends that are linked already", .metadataUpdate, context: "links its two ends already") {
            $0.sample.submit(.append, from: $0.addendum, to: $0.document)
        },
        UpdateCase("an unknown end", .metadataUpdate, context: "sourceObject is not in the registry") {
            $0.sample.submit(.signs, from: UUID(), to: $0.document)
        },
        UpdateCase("a deprecated end", .metadataUpdate, context: "targetObject is Deprecated") {
            try $0.add($0.addendum, .documentEntry, .documentEntry($0.entry), status: .deprecated)
            $0.sample.submit(.hasMember, from: $0.folder, to: $0.addendum)
        },
        UpdateCase("a SubmissionSet as end", .metadataUpdate, context: "is a SubmissionSet") {
            $0.sample.submit(.append, from: $0.set, to: $0.addendum)
        },
        UpdateCase("HasMember from a DocumentEntry", .metadataUpdate, context: "from a Folder") {
            $0.state = try UpdateScenario().withoutLinks(of: $0)
            $0.sample.submit(.hasMember, from: $0.addendum, to: $0.document)
        },
        UpdateCase("a relationship with a Folder", .metadataUpdate, context: "two different DocumentEntries") {
            $0.sample.submit(.append, from: $0.addendum, to: $0.folder)
        },
        UpdateCase("a snapshot of a stable document", .metadataUpdate, context: "on-demand") {
            $0.state = try UpdateScenario().withoutLinks(of: $0)
            $0.sample.submit(.isSnapshotOf, from: $0.addendum, to: $0.document)
        },
        UpdateCase("a target that is no Association of the request", .metadataUpdate, context: "not an Association") {
            let set = $0.sample.submissionSet.object.id ?? ""
            $0.sample.associate(.submitAssociation, from: set, to: $0.membership.urn)
        },
        UpdateCase("a trigger from elsewhere", .metadataUpdate, context: "sourceObject is not the SubmissionSet") {
            $0.sample.submit(.hasMember, from: $0.folder, to: $0.addendum)
            $0.sample.objects.associations[1].sourceObject = $0.folder.urn
        },
        UpdateCase("ends of two patients", .patientIDReconciliation) {
            try $0.add(
                $0.addendum, .documentEntry, .documentEntry($0.entry), patientId: SampleMetadata.otherPatientId)
            $0.sample.submit(.hasMember, from: $0.folder, to: $0.addendum)
        },
    ]

    static let whole: [UpdateCase] = [
        UpdateCase("nothing to update", .metadataUpdateOperation, context: "nothing to update") { _ in },
        UpdateCase("an Association without trigger", .metadataUpdateOperation, context: "no trigger") {
            $0.updateDocument()
            $0.sample.associate(.append, from: $0.addendum.urn, to: $0.document.urn)
        },
        UpdateCase("no SubmissionSet", .metadata, .metadataUpdate, context: "exactly one SubmissionSet") {
            $0.updateDocument()
            $0.sample.objects.packages = []
            $0.sample.objects.associations = []
        },
        UpdateCase("a used uniqueId of the SubmissionSet", .duplicateUniqueIdInRegistry) {
            $0.updateDocument()
            let scheme = Scheme.submissionSetUniqueId
            let uniqueId = $0.sample.submissionSet.object.identifiers(scheme: scheme).first?.value ?? ""
            $0.state.registry.usedUniqueIds = [uniqueId: .submissionSet]
        },
        UpdateCase("an incomplete SubmissionSet", .metadata, context: "submissionTime") {
            $0.updateDocument()
            $0.sample.submissionSet.object.removeSlot(SlotName.submissionTime)
        },
    ]
}

extension UpdateScenario {
    /// The state of another scenario without Associations.
    func withoutLinks(of other: UpdateScenario) -> UpdateState {
        var state = UpdateState()
        state.registry = other.state.registry
        for object in other.state.objects.values where object.kind != .association { state.add(object) }
        return state
    }
}
