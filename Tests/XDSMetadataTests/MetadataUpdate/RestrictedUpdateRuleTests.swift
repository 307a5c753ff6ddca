import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

@Suite("ITI-92: restricted update rules")
struct RestrictedUpdateRuleTests {
    typealias Scheme = EbRIMVocabulary.Scheme

    @Test("3.92.4.1.3: everything but the protected attributes may change, hash, size and mimeType included")
    func acceptsValid() throws {
        var scenario = try UpdateScenario(.restrictedUpdateDocumentSet)
        scenario.updateDocument(propagation: "yes") { entry in
            entry.mimeType = "text/plain"
            entry.object.setSlot(SlotName.hash, [String(repeating: "0", count: 40)])
            entry.object.setSlot(SlotName.size, ["7"])
            entry.object.setSlot(SlotName.creationTime, ["2024"])
            entry.object.name = InternationalString("Andere titel")
            entry.object.setSlot(SlotName.documentAvailability, [DocumentAvailability.online.rawValue])
        }
        #expect(scenario.errors == [])
    }

    @Test("3.92.4.1.3: a deprecated latest version is updated and stays Deprecated")
    func updatesDeprecated() throws {
        var scenario = try UpdateScenario(.restrictedUpdateDocumentSet)
        try scenario.add(scenario.document, .documentEntry, .documentEntry(scenario.entry), status: .deprecated)
        scenario.updateDocument()
        let update = try scenario.validate()
        #expect(update.documentEntries.map(\.object.availabilityStatus) == [.deprecated])
        let change = try #require(update.changes.first { $0.id == scenario.document })
        #expect(change.isSuperseded && change.from == .deprecated && change.to == .deprecated)
    }

    @Test("lid may be left out if PreviousVersion is there: the uniqueId names the document")
    func findsByUniqueId() throws {
        var scenario = try UpdateScenario(.restrictedUpdateDocumentSet)
        scenario.updateDocument { $0.object.lid = nil }
        let update = try scenario.validate()
        #expect(update.documentEntries.first?.object.logicalID == .uuid(scenario.document))
        #expect(update.documentEntries.first?.object.version == 2)
    }

    @Test("one change, its codes", arguments: cases)
    func refuses(_ rule: UpdateCase) throws { try rule.check(.restrictedUpdateDocumentSet) }

    @Test("several protected attributes are told at once")
    func collectsErrors() throws {
        var scenario = try UpdateScenario(.restrictedUpdateDocumentSet)
        scenario.updateDocument {
            $0.object.setSlot(SlotName.sourcePatientId, ["P1^^^&2.999.10.1&ISO"])
            $0.object.setSlot(SlotName.repositoryUniqueId, ["2.999.2.9"])
            $0.object.setIdentifier(Scheme.documentEntryUniqueId, "2.999.1")
        }
        #expect(
            scenario.errors.map(\.code).sorted { $0.rawValue < $1.rawValue }
                == [.unmodifiableMetadata, .unmodifiableMetadata, .metadataIdentifier])
    }

    static let cases: [UpdateCase] = [
        UpdateCase("a first version without lid", .invalidRequest, .metadataVersion, .metadataAnnotation) {
            $0.updateDocument { $0.object.lid = nil }
            $0.member.object.removeSlot(SlotName.previousVersion)
        },
        UpdateCase("a first version, lid equal to id", .invalidRequest, context: "equal to id") {
            $0.updateDocument { $0.object.lid = "Version01" }
        },
        UpdateCase("an unknown lid", .metadataVersion, context: "no DocumentEntry with lid") {
            $0.updateDocument { $0.object.lid = UUID().urn }
        },
        UpdateCase("an older PreviousVersion", .metadataVersion, context: "current version is 1") {
            $0.updateDocument(previousVersion: 2)
        },
        UpdateCase("no PreviousVersion", .metadataVersion, .metadataAnnotation, context: "PreviousVersion") {
            $0.updateDocument()
            $0.member.object.removeSlot(SlotName.previousVersion)
        },
        UpdateCase("no HasMember", .metadataAnnotation, context: "no HasMember") {
            $0.updateDocument()
            $0.sample.objects.associations = []
        },
        UpdateCase("AssociationPropagation no", .metadataAnnotation, context: "AssociationPropagation is no") {
            $0.updateDocument(propagation: "no")
        },
        UpdateCase("SubmissionSetStatus Reference", .metadataAnnotation, context: "SubmissionSetStatus") {
            $0.updateDocument()
            $0.member.object.setSlot(SlotName.submissionSetStatus, [SubmissionSetStatus.reference.rawValue])
        },
        UpdateCase("incomplete metadata", .metadata, context: "typeCode is missing") {
            $0.updateDocument { $0.object.removeClassification(Scheme.typeCode) }
        },
        UpdateCase("two new versions of one object", .metadataUpdate, context: "more than one") {
            $0.updateDocument()
            $0.sample.update($0.entry, logicalID: $0.document, id: "Version02")
        },
        UpdateCase("another uniqueId", .metadataIdentifier, context: "uniqueId") {
            $0.updateDocument { $0.object.setIdentifier(Scheme.documentEntryUniqueId, "2.999.1") }
        },
        UpdateCase("another patientId", .patientIDReconciliation, context: "patientId") {
            $0.sample = SampleMetadata.update(patientId: SampleMetadata.otherPatientId)
            $0.updateDocument {
                $0.object.setIdentifier(Scheme.documentEntryPatientId, SampleMetadata.otherPatientId)
            }
        },
        UpdateCase("another sourcePatientId", .unmodifiableMetadata, context: "sourcePatientId") {
            $0.updateDocument { $0.object.setSlot(SlotName.sourcePatientId, ["P1^^^&2.999.10.1&ISO"]) }
        },
        UpdateCase("another repositoryUniqueId", .unmodifiableMetadata, context: "repositoryUniqueId") {
            $0.updateDocument { $0.object.setSlot(SlotName.repositoryUniqueId, ["2.999.2.9"]) }
        },
        UpdateCase("another documentAvailability", .unmodifiableMetadata, context: "documentAvailability") {
            $0.updateDocument {
                $0.object.setSlot(SlotName.documentAvailability, [DocumentAvailability.offline.rawValue])
            }
        },
        UpdateCase("another homeCommunityId", .unmodifiableMetadata, context: "homeCommunityId") {
            $0.updateDocument { $0.object.home = "urn:oid:2.999.9" }
        },
        UpdateCase("another objectType", .unmodifiableMetadata, .objectType, context: "objectType") {
            $0.updateDocument { entry in
                entry.object.objectType = DocumentEntryType.onDemand.rawValue
                for name in [SlotName.hash, SlotName.size, SlotName.creationTime] { entry.object.removeSlot(name) }
            }
        },
        UpdateCase("a document of another organisation", .localPolicyRestriction, context: "another organisation") {
            $0.mayChange = { _ in false }
            $0.updateDocument()
        },
        UpdateCase("a Folder", .objectType, context: "Folders") { $0.updateFolder() },
        UpdateCase("a status", .unmodifiableMetadata, context: "availabilityStatus") {
            $0.sample.changeStatus(of: $0.document, from: .approved, to: .deprecated)
        },
        UpdateCase("an Association", .metadataUpdate, context: "Associations") {
            $0.sample.submit(.hasMember, from: $0.folder, to: $0.addendum)
        },
        UpdateCase("an Association without trigger", .metadataUpdate, context: "no trigger") {
            $0.updateDocument()
            $0.sample.associate(.append, from: $0.addendum.urn, to: $0.document.urn)
        },
        UpdateCase("nothing to update", .metadataUpdate, context: "nothing to update") { _ in },
    ]
}
