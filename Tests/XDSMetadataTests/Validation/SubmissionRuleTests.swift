import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

/// One change of a valid submission, and the only code it may lead to.
struct RuleCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: RegistryErrorCode
    /// Part of the context of the first error.
    let context: String
    let change: @Sendable (inout SampleSubmission, inout RegistryState) throws -> Void

    init(
        _ description: String, _ code: RegistryErrorCode, _ context: String = "",
        _ change: @escaping @Sendable (inout SampleSubmission, inout RegistryState) throws -> Void
    ) {
        testDescription = description
        self.code = code
        self.context = context
        self.change = change
    }
}

extension RegistryObject {
    mutating func removeSlot(_ name: String) { slots.removeAll { $0.name == name } }
    mutating func removeClassification(_ scheme: String) {
        classifications.removeAll { $0.classificationScheme == scheme }
    }
    mutating func removeIdentifier(_ scheme: String) {
        externalIdentifiers.removeAll { $0.identificationScheme == scheme }
    }
    mutating func setIdentifier(_ scheme: String, _ value: String) {
        for index in externalIdentifiers.indices where externalIdentifiers[index].identificationScheme == scheme {
            externalIdentifiers[index].value = value
        }
    }
}

@Suite("ITI-42: submission rules")
struct SubmissionRuleTests {
    typealias Scheme = EbRIMVocabulary.Scheme

    @Test("3.42.4.1.2: a valid submission passes", arguments: [(1, 0), (3, 0), (0, 1), (2, 2)])
    func acceptsValid(documents: Int, folders: Int) throws {
        let sample = SampleMetadata.submission(documents: documents, folders: folders).completed()
        #expect(registryErrors(sample, try .sample()) == [])
    }

    @Test(
        "one change, one code",
        arguments: structure + attributes + folderAttributes + identifiers + associations
    )
    func refuses(_ rule: RuleCase) throws {
        var sample = SampleMetadata.submission(documents: 2, folders: 1).completed()
        var state = try RegistryState.sample()
        try rule.change(&sample, &state)
        let errors = registryErrors(sample, state)
        #expect(!errors.isEmpty)
        #expect(Set(errors.map(\.code)) == [rule.code], "\(errors.map(\.context))")
        #expect(errors.contains { $0.context.contains(rule.context) }, "\(errors.map(\.context))")
        #expect(errors.allSatisfy { $0.location?.hasPrefix("XDSRegistry/") == true })
    }

    @Test("4.2.4.1: the location is the path of object and attribute, with the id as the sender wrote it")
    func locatesErrors() throws {
        let id = UUID()
        var sample = SampleMetadata.submission(documents: 2).completed()
        sample.documentEntry.object.removeClassification(Scheme.classCode)
        sample.documentEntry.object.setIdentifier(Scheme.documentEntryPatientId, "900070001")
        sample.submissionSet.object.removeSlot(SlotName.submissionTime)
        sample.associate(.append, from: "Document01", to: id.urn)
        #expect(
            registryErrors(sample, try .sample()).map(\.location) == [
                "XDSRegistry/DocumentEntry[Document01]/patientId", "XDSRegistry/DocumentEntry[Document01]/classCode",
                "XDSRegistry/SubmissionSet[SubmissionSet01]/submissionTime",
                "XDSRegistry/DocumentEntry[Document01]/patientId", "XDSRegistry/Association[as3]/targetObject",
            ])
        let none = registryErrors(SampleSubmission(objects: RegistryObjectList(), documents: []), RegistryState())
        #expect(none.map(\.location) == ["XDSRegistry/Submission"])
    }

    @Test("values at their bounds are accepted", arguments: bounds)
    func acceptsBounds(_ bound: Bound) throws {
        var sample = SampleMetadata.submission(documents: 2, folders: 1).completed()
        bound.change(&sample)
        #expect(registryErrors(sample, try .sample()) == [])
    }

    /// A change that leaves a submission valid.
    struct Bound: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout SampleSubmission) -> Void
    }

    static let bounds: [Bound] = [
        Bound(testDescription: "nothing but the required attributes") { sample in
            let optional = [SlotName.serviceStartTime, SlotName.serviceStopTime, SlotName.sourcePatientInfo]
            for name in optional { sample.documentEntry.object.removeSlot(name) }
            sample.documentEntry.object.removeClassification(Scheme.documentEntryAuthor)
            sample.submissionSet.object.removeClassification(Scheme.submissionSetAuthor)
            sample.documentEntry.object.name = nil
            sample.documentEntry.object.comments = nil
            sample.submissionSet.object.name = nil
        },
        Bound(testDescription: "title of a DocumentEntry: 127 characters") { sample in
            sample.documentEntry.object.name = InternationalString(String(repeating: "é", count: 127))
        },
        Bound(testDescription: "title of a SubmissionSet: 255 characters") { sample in
            sample.submissionSet.object.name = InternationalString(String(repeating: "é", count: 255))
        },
        Bound(testDescription: "title of a Folder: 256 characters") { sample in
            sample.folder.object.name = InternationalString(String(repeating: "é", count: 256))
        },
        Bound(testDescription: "comments of 1024 characters") { sample in
            sample.documentEntry.object.comments = InternationalString(String(repeating: "é", count: 1024))
        },
        Bound(testDescription: "a value of 256 characters") { sample in
            sample.documentEntry.object.setSlot("urn:example:extra", [String(repeating: "é", count: 256)])
        },
        Bound(testDescription: "repeated PID-3 and PID-5, one PID-7, one PID-8") { sample in
            sample.documentEntry.object.setSlot(
                SlotName.sourcePatientInfo,
                [
                    "PID-3|1^^^&2.999&ISO", "PID-3|2^^^&2.999&ISO", "PID-5|Jansen~Jansen-de Vries", "PID-7|1950",
                    "PID-8|F",
                ])
        },
        Bound(testDescription: "size with leading zeros, hash in capitals") { sample in
            let values = [SlotName.size: "007", SlotName.hash: "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"]
            for (name, value) in values { sample.documentEntry.object.setSlot(name, [value]) }
        },
        Bound(testDescription: "no uniqueness of coding scheme texts: an OID with first arc 129, a DICOM designator") {
            sample in
            sample.documentEntry.object.classifications[1].object.setSlot(SlotName.codingScheme, ["129.5.1"])
            sample.documentEntry.object.classifications[2].object.setSlot(SlotName.codingScheme, ["DCM"])
        },
        Bound(testDescription: "a bare http:// as URI, a uniqueId root^extension") { sample in
            sample.documentEntry.object.setSlot(SlotName.uri, ["http://"])
            sample.documentEntry.object.setIdentifier(Scheme.documentEntryUniqueId, "2.999.5^brief 1")
        },
        Bound(testDescription: "a relationship with one documentation") { sample in
            sample.associate(.append, from: "Document01", to: "Document02")
            sample.objects.associations[3].object.classifications = [documentation(of: "as4")]
        },
        Bound(testDescription: "signs inside the submission") { sample in
            sample.associate(.signs, from: "Document01", to: "Document02")
        },
        Bound(testDescription: "no Slots of its own beside the registry's: submitted status, lid and lastUpdateTime") {
            sample in
            sample.folder.object.status = AvailabilityStatus.deprecated.rawValue
            sample.folder.object.lid = "map"
            sample.folder.object.setSlot(SlotName.lastUpdateTime, ["2001"])
        },
    ]

    @Test("4.2.4.1: all errors are reported, not only the first")
    func collectsErrors() throws {
        var sample = SampleMetadata.submission().completed()
        sample.documentEntry.object.removeClassification(Scheme.classCode)
        sample.documentEntry.object.removeSlot(SlotName.languageCode)
        sample.submissionSet.object.removeIdentifier(Scheme.submissionSetSourceId)
        let errors = registryErrors(sample, RegistryState())
        #expect(errors.map(\.code) == [.metadata, .metadata, .metadata, .unknownPatientId])
    }

    static let structure: [RuleCase] = [
        RuleCase("no SubmissionSet", .metadata, "exactly one SubmissionSet") { sample, _ in
            let id = sample.submissionSet.object.id
            sample.objects.packages.remove(at: 0)
            sample.objects.associations.removeAll { $0.sourceObject == id }
        },
        RuleCase("two SubmissionSets", .metadata, "this one has 2") { sample, _ in
            sample.objects.packages.append(SampleMetadata.submissionSet(id: "Second"))
        },
        RuleCase("a package without its node", .metadata, "not classified") { sample, _ in
            let scheme = Scheme.folderCodeList
            sample.folder.object.classifications.removeAll { $0.classificationScheme != scheme }
            sample.objects.associations.removeAll { $0.targetObject == "Folder01" }
        },
        RuleCase("a Classification of nothing", .metadata, "names no object") { sample, _ in
            sample.objects.strayClassifications.append(SampleMetadata.node(EbRIMVocabulary.Node.folder, of: "nobody"))
        },
        RuleCase("an id twice", .metadata, "used by several") { sample, _ in
            sample.objects.associations[1].object.id = sample.objects.associations[0].object.id
        },
        RuleCase("no id", .metadata, "id is missing") { sample, _ in sample.objects.associations[0].object.id = nil },
        RuleCase("a malformed UUID", .metadata, "valid UUID") { sample, _ in
            sample.objects.associations[0].object.id = "urn:uuid:1234"
        },
        RuleCase("classifiedObject names another object", .metadata, "classifiedObject") { sample, _ in
            sample.documentEntry.object.classifications[1].classifiedObject = "Folder01"
        },
        RuleCase("registryObject names another object", .metadata, "registryObject") { sample, _ in
            sample.documentEntry.object.externalIdentifiers[0].registryObject = "Folder01"
        },
        RuleCase("a Slot twice", .metadata, "creationTime is given more than once") { sample, _ in
            sample.documentEntry.object.slots.append(Slot(name: SlotName.creationTime, values: ["2025"]))
        },
        RuleCase("an unknown Slot of IHE", .metadata, "urn:ihe:iti:unknown") { sample, _ in
            sample.documentEntry.object.setSlot("urn:ihe:iti:unknown", ["x"])
        },
        RuleCase("a value of 257 characters", .metadata, "256") { sample, _ in
            sample.documentEntry.object.setSlot("urn:example:extra", [String(repeating: "x", count: 257)])
        },
        RuleCase("comments of 1025 characters", .metadata, "1024") { sample, _ in
            sample.documentEntry.object.comments = InternationalString(String(repeating: "x", count: 1025))
        },
        RuleCase("limited metadata", .metadata, "limitedMetadata") { sample, _ in
            let node = SampleMetadata.node(EbRIMVocabulary.Node.limitedDocumentEntry, of: "Document01")
            sample.documentEntry.object.classifications.append(node)
        },
        RuleCase("an on-demand entry", .metadata, "on-demand") { sample, _ in
            sample.documentEntry.object.objectType = DocumentEntryType.onDemand.rawValue
            for name in [SlotName.hash, SlotName.size, SlotName.creationTime] {
                sample.documentEntry.object.removeSlot(name)
            }
        },
        RuleCase("PreviousVersion", .metadata, "PreviousVersion") { sample, _ in
            sample.objects.associations[0].object.setSlot(SlotName.previousVersion, ["1"])
        },
        RuleCase("AssociationPropagation", .metadata, "AssociationPropagation") { sample, _ in
            sample.objects.associations[0].object.setSlot(SlotName.associationPropagation, ["no"])
        },
        RuleCase("an update trigger", .metadata, "metadata update") { sample, state in
            let target = try state.addDocumentEntry()
            sample.associate(.updateAvailabilityStatus, from: SampleMetadata.submissionSetId, to: target.urn)
        },
    ]
}
