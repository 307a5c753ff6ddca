import FoundationEssentials
import XDSTesting

@testable import XDSMetadata

extension SubmissionRuleTests {
    static let identifiers: [RuleCase] = [
        RuleCase("a uniqueId twice in the message", .duplicateUniqueIdInMessage, "2.999.5") { sample, _ in
            for index in 0..<2 {
                sample.objects.extrinsicObjects[index].object.setIdentifier(Scheme.documentEntryUniqueId, "2.999.5")
            }
        },
        RuleCase("a uniqueId of entry and folder", .duplicateUniqueIdInMessage, "2.999.5") { sample, _ in
            sample.documentEntry.object.setIdentifier(Scheme.documentEntryUniqueId, "2.999.5")
            sample.folder.object.setIdentifier(Scheme.folderUniqueId, "2.999.5")
        },
        RuleCase("another patient on an entry", .patientIdDoesNotMatch, "Document01") { sample, state in
            state.patients[try SampleMetadata.patient(SampleMetadata.otherPatientId)] = .active
            sample.documentEntry.object.setIdentifier(Scheme.documentEntryPatientId, SampleMetadata.otherPatientId)
        },
        RuleCase("another patient on a folder", .patientIdDoesNotMatch, "Folder01") { sample, state in
            state.patients[try SampleMetadata.patient(SampleMetadata.otherPatientId)] = .active
            sample.folder.object.setIdentifier(Scheme.folderPatientId, SampleMetadata.otherPatientId)
        },
        RuleCase("an unknown patient", .unknownPatientId, SampleMetadata.patientId) { _, state in state.patients = [:]
        },
        RuleCase("a subsumed patient", .unknownPatientId, "merged") { _, state in
            state.patients[try SampleMetadata.patient()] = .subsumed
        },
        RuleCase("SubmissionSet.uniqueId in use", .duplicateUniqueIdInRegistry, "SubmissionSet") { sample, state in
            state.usedUniqueIds[try sample.uniqueId(Scheme.submissionSetUniqueId)] = .submissionSet
        },
        RuleCase("Folder.uniqueId in use", .duplicateUniqueIdInRegistry, "Folder Folder01") { sample, state in
            state.usedUniqueIds[try sample.uniqueId(Scheme.folderUniqueId)] = .folder
        },
        RuleCase("a known uniqueId with another hash", .nonIdenticalHash) { sample, state in
            try sample.know(in: &state) { RegistryState.KnownDocument(hash: try .zero(), size: $0.size) }
        },
        RuleCase("a known uniqueId with another size", .nonIdenticalSize) { sample, state in
            try sample.know(in: &state) { RegistryState.KnownDocument(hash: $0.hash, size: $0.size + 1) }
        },
        RuleCase("a UUID that exists", .metadata, "registered object") { sample, state in
            let id = try state.addDocumentEntry()
            sample.objects.associations[0].object.id = id.urn
        },
    ]

    static let associations: [RuleCase] = [
        RuleCase("an entry outside the SubmissionSet", .metadata, "no HasMember") { sample, _ in
            sample.objects.associations.removeAll { $0.targetObject == "Document02" }
        },
        RuleCase("a folder outside the SubmissionSet", .metadata, "no HasMember") { sample, _ in
            sample.objects.associations.removeAll { $0.targetObject == "Folder01" }
        },
        RuleCase("a folder membership outside the SubmissionSet", .metadata, "no HasMember") { sample, _ in
            sample.associate(.hasMember, from: "Folder01", to: "Document01")
        },
        RuleCase("an unknown associationType", .metadata, "associationType") { sample, _ in
            sample.associate(.replace, from: "Document01", to: "Document02")
            sample.objects.associations[3].associationType = "urn:example:likes"
        },
        RuleCase("no targetObject", .metadata, "targetObject is missing") { sample, _ in
            sample.associate(.append, from: "Document01", to: "Document02")
            sample.objects.associations[3].targetObject = nil
        },
        RuleCase("a SubmissionSetStatus of its own", .metadata, "neither Original nor Reference") { sample, _ in
            sample.objects.associations[0].object.setSlot(SlotName.submissionSetStatus, ["Copy"])
        },
        RuleCase("no SubmissionSetStatus", .metadata, "SubmissionSetStatus is missing") { sample, _ in
            sample.objects.associations[0].object.removeSlot(SlotName.submissionSetStatus)
        },
        RuleCase("Reference to an entry of the submission", .metadata, "is Reference") { sample, _ in
            sample.objects.associations[0].object.setSlot(SlotName.submissionSetStatus, ["Reference"])
        },
        RuleCase("Original to a registered entry", .metadata, "is Original") { sample, state in
            let id = try state.addDocumentEntry()
            sample.associate(.hasMember, from: SampleMetadata.submissionSetId, to: id.urn, status: .original)
        },
        RuleCase("SubmissionSet to itself", .metadata, "cannot join") { sample, _ in
            sample.associate(.hasMember, from: SampleMetadata.submissionSetId, to: SampleMetadata.submissionSetId)
        },
        RuleCase("SubmissionSet to a relationship", .metadata, "no Associations but") { sample, _ in
            let id = sample.associate(.append, from: "Document01", to: "Document02")
            sample.associate(.hasMember, from: SampleMetadata.submissionSetId, to: id)
        },
        RuleCase("a relationship to a folder", .metadata, "joins two DocumentEntries") { sample, _ in
            sample.associate(.append, from: "Document01", to: "Folder01")
        },
        RuleCase("a snapshot of a stable entry", .metadata, "on-demand") { sample, state in
            sample.associate(.isSnapshotOf, from: "Document01", to: try state.addDocumentEntry().urn)
        },
        RuleCase("documentation on HasMember", .metadata, "documentation") { sample, _ in
            sample.objects.associations[0].object.classifications.append(documentation(of: "as1"))
        },
        RuleCase("two documentations", .metadata, "documentation is given more than once") { sample, _ in
            sample.associate(.append, from: "Document01", to: "Document02")
            let id = sample.objects.associations[3].object.id ?? ""
            sample.objects.associations[3].object.classifications = [documentation(of: id), documentation(of: id)]
        },
        RuleCase("a target that does not exist", .unresolvedReference, "targetObject") { sample, _ in
            sample.associate(.append, from: "Document01", to: UUID().urn)
        },
        RuleCase("a symbol that nothing has", .unresolvedReference, "sourceObject") { sample, _ in
            sample.associate(.append, from: "Document99", to: "Document01")
        },
        RuleCase("RPLC inside the submission", .unresolvedReference, "not in the registry") { sample, _ in
            sample.associate(.replace, from: "Document01", to: "Document02")
        },
        RuleCase("a relationship of a registered entry", .unresolvedReference, "not in the submission") {
            sample, state in
            sample.associate(.append, from: try state.addDocumentEntry().urn, to: "Document01")
        },
        RuleCase("RPLC of a deprecated entry", .deprecatedDocument) { sample, state in
            let id = try state.addDocumentEntry(status: .deprecated)
            sample.associate(.replace, from: "Document01", to: id.urn)
        },
        RuleCase("a deprecated entry into a folder", .deprecatedDocument) { sample, state in
            sample.link(folder: "Folder01", documentEntry: try state.addDocumentEntry(status: .deprecated).urn)
        },
        RuleCase("an entry into a deprecated folder", .metadata, "Folder is deprecated") { sample, state in
            sample.link(folder: try state.addFolder(status: .deprecated).urn, documentEntry: "Document01")
        },
        RuleCase("RPLC of another patient's entry", .patientIdDoesNotMatch) { sample, state in
            let id = try state.addDocumentEntry(patientId: SampleMetadata.otherPatientId)
            sample.associate(.replace, from: "Document01", to: id.urn)
        },
        RuleCase("into another patient's folder", .patientIdDoesNotMatch) { sample, state in
            let id = try state.addFolder(patientId: SampleMetadata.otherPatientId)
            sample.link(folder: id.urn, documentEntry: "Document01")
        },
        RuleCase("two replacements of one document", .deprecatedDocument, "replaced by another Association") {
            sample, state in
            let id = try state.addDocumentEntry()
            sample.associate(.replace, from: "Document01", to: id.urn)
            sample.associate(.transformAndReplace, from: "Document02", to: id.urn)
        },
        RuleCase("APND to a deprecated entry", .deprecatedDocument, "targetObject") { sample, state in
            sample.associate(.append, from: "Document01", to: try state.addDocumentEntry(status: .deprecated).urn)
        },
        RuleCase("XFRM of a deprecated entry", .deprecatedDocument, "targetObject") { sample, state in
            sample.associate(.transform, from: "Document01", to: try state.addDocumentEntry(status: .deprecated).urn)
        },
        RuleCase("signs a deprecated entry", .deprecatedDocument, "targetObject") { sample, state in
            sample.associate(.signs, from: "Document01", to: try state.addDocumentEntry(status: .deprecated).urn)
        },
        RuleCase("a snapshot of a deprecated on-demand entry", .deprecatedDocument, "targetObject") { sample, state in
            let id = try state.addDocumentEntry(status: .deprecated, type: .onDemand)
            sample.associate(.isSnapshotOf, from: "Document01", to: id.urn)
        },
        RuleCase("XFRM_RPLC inside the submission", .unresolvedReference, "not in the registry") { sample, _ in
            sample.associate(.transformAndReplace, from: "Document01", to: "Document02")
        },
        RuleCase("APND to itself", .metadata, "two different DocumentEntries") { sample, _ in
            sample.associate(.append, from: "Document01", to: "Document01")
        },
        RuleCase("XFRM of itself", .metadata, "two different DocumentEntries") { sample, _ in
            sample.associate(.transform, from: "Document01", to: "Document01")
        },
        RuleCase("signs itself", .metadata, "two different DocumentEntries") { sample, _ in
            sample.associate(.signs, from: "Document01", to: "Document01")
        },
        RuleCase("a Folder in a Folder", .metadata, "cannot join") { sample, state in
            sample.associate(.hasMember, from: "Folder01", to: try state.addFolder().urn)
        },
        RuleCase("a documentation without scheme", .metadata, "documentation does not have exactly one") { sample, _ in
            let id = sample.associate(.append, from: "Document01", to: "Document02")
            var reason = documentation(of: id)
            reason.object.slots = []
            sample.objects.associations[3].object.classifications = [reason]
        },
        RuleCase("an unknown Slot of IHE on an Association", .metadata, "urn:ihe:x is unknown") { sample, _ in
            sample.objects.associations[0].object.setSlot("urn:ihe:x", ["x"])
        },
        RuleCase("APND to a registered transformation", .metadata, "cannot be appended") { sample, state in
            let id = try state.addDocumentEntry(traits: [.transformation])
            sample.associate(.append, from: "Document01", to: id.urn)
        },
        RuleCase("APND to a transformation of the submission", .metadata, "cannot be appended") { sample, state in
            sample.associate(.transform, from: "Document02", to: try state.addDocumentEntry().urn)
            sample.associate(.append, from: "Document01", to: "Document02")
        },
    ]

    static func documentation(of id: String) -> Classification {
        SampleMetadata.code("correctie", "2.999.20.7", "Correctie", Scheme.associationDocumentation, of: id)
    }
}

extension SHA1Digest {
    /// Twenty zeros.
    static func zero() throws -> SHA1Digest { try SHA1Digest(parsing: String(repeating: "0", count: 40)) }
}

extension SampleSubmission {
    struct NoSuchIdentifier: Error {}

    /// The identifier under a scheme, of whichever object has it first.
    func uniqueId(_ scheme: String) throws -> String {
        let all = objects.extrinsicObjects.map(\.object) + objects.packages.map(\.object)
        guard let value = all.lazy.compactMap({ $0.identifiers(scheme: scheme).first?.value }).first else {
            throw NoSuchIdentifier()
        }
        return value
    }

    /// Lets the registry know the first document, after a change.
    func know(
        in state: inout RegistryState, _ change: (DocumentDigest) throws -> RegistryState.KnownDocument
    ) throws {
        guard let digest = documents.first?.digest else { throw NoSuchIdentifier() }
        state.documents[try uniqueId(EbRIMVocabulary.Scheme.documentEntryUniqueId)] = [try change(digest)]
    }
}
