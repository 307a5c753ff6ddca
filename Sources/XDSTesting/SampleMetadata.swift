import FoundationEssentials
public import XDSMetadata

/// Valid metadata for tests: Dutch texts, identifiers under the example arc 2.999.
///
/// Every submission gets unique ids of its own, so that several fit into one registry.
public enum SampleMetadata {
    /// A patient, in CX form.
    public static let patientId = "900070001^^^&2.999.1&ISO"
    /// Another patient, in CX form.
    public static let otherPatientId = "900070002^^^&2.999.1&ISO"
    /// The repository of completed submissions.
    public static let repositoryUniqueId = "2.999.2.1"
    /// sourceId of the submissions.
    public static let sourceId = "2.999.3.1"
    /// Id of the SubmissionSet inside its submission.
    public static let submissionSetId = "SubmissionSet01"

    /// A patient id of its text.
    ///
    /// - Throws: FormatProblem if the text is no CX.
    public static func patient(_ cx: String = patientId) throws -> PatientID { try PatientID(parsing: cx) }

    /// A submission with some DocumentEntries and Folders: all members of the SubmissionSet, ids `Document01` and
    /// `Folder01` counting up. Hash, size and repositoryUniqueId are absent, as in ITI-41.
    public static func submission(
        documents: Int = 1, folders: Int = 0, patientId: String = patientId
    ) -> SampleSubmission {
        var objects = RegistryObjectList()
        var files: [SampleDocument] = []
        objects.packages.append(submissionSet(patientId: patientId))
        for number in 0..<documents {
            let id = "Document0\(number + 1)"
            objects.extrinsicObjects.append(documentEntry(id: id, patientId: patientId))
            files.append(document(id: id, number: number + 1))
        }
        for number in 0..<folders {
            objects.packages.append(folder(id: "Folder0\(number + 1)", patientId: patientId))
        }
        var submission = SampleSubmission(objects: objects, documents: files)
        for entry in objects.extrinsicObjects {
            submission.associate(.hasMember, from: submissionSetId, to: entry.object.id ?? "", status: .original)
        }
        for package in objects.packages.dropFirst() {
            submission.associate(.hasMember, from: submissionSetId, to: package.object.id ?? "")
        }
        return submission
    }

    /// A submission with one on-demand DocumentEntry, as ITI-61 takes it.
    public static func onDemandSubmission(patientId: String = patientId) -> SampleSubmission {
        var sample = submission(patientId: patientId)
        sample.documents = []
        sample.documentEntry.object.objectType = DocumentEntryType.onDemand.rawValue
        sample.documentEntry.object.slots.removeAll { $0.name == SlotName.creationTime }
        sample.documentEntry.object.setSlot(SlotName.repositoryUniqueId, [repositoryUniqueId])
        return sample
    }

    /// A document of its own bytes.
    public static func document(id: String, number: Int) -> SampleDocument {
        let text = "%PDF-1.7\n% voorbeeld \(number) \(UUID().uuidString)\n"
        return SampleDocument(id: id, contentID: "\(id)@voorbeeld.invalid", bytes: Array(text.utf8))
    }

    // MARK: Objects

    /// A SubmissionSet with an author.
    public static func submissionSet(id: String = submissionSetId, patientId: String = patientId) -> RegistryPackage {
        typealias Scheme = EbRIMVocabulary.Scheme
        var object = RegistryObject(id: id, objectType: EbRIMVocabulary.ObjectType.registryPackage)
        object.setSlot(SlotName.submissionTime, ["20250304101530"])
        object.name = InternationalString("Aanlevering ontslag", language: "nl-NL")
        object.classifications = [
            node(EbRIMVocabulary.Node.submissionSet, of: id),
            code("Ontslag", "2.999.20.9", "Ontslag uit het ziekenhuis", Scheme.contentTypeCode, of: id),
            author(Scheme.submissionSetAuthor, of: id),
        ]
        object.externalIdentifiers = [
            identifier(patientId, Scheme.submissionSetPatientId, of: id),
            identifier(uniqueId(), Scheme.submissionSetUniqueId, of: id),
            identifier(sourceId, Scheme.submissionSetSourceId, of: id),
        ]
        return RegistryPackage(object: object)
    }

    /// A stable DocumentEntry with all required attributes and the usual optional ones.
    public static func documentEntry(id: String, patientId: String = patientId) -> ExtrinsicObject {
        typealias Scheme = EbRIMVocabulary.Scheme
        var object = RegistryObject(id: id, objectType: DocumentEntryType.stable.rawValue)
        object.setSlot(SlotName.creationTime, ["20250304101500"])
        object.setSlot(SlotName.languageCode, ["nl-NL"])
        object.setSlot(SlotName.serviceStartTime, ["202503010800"])
        object.setSlot(SlotName.serviceStopTime, ["202503041000"])
        object.setSlot(SlotName.sourcePatientId, ["P0077^^^&2.999.10.1&ISO"])
        object.setSlot(SlotName.sourcePatientInfo, ["PID-5|Jansen^Anna", "PID-7|19500117", "PID-8|F"])
        object.name = InternationalString("Ontslagbrief", language: "nl-NL")
        object.comments = InternationalString("Met medicatieoverzicht", language: "nl-NL")
        object.classifications = [
            author(Scheme.documentEntryAuthor, of: id),
            code("REPORTS", "2.999.20.1", "Verslag", Scheme.classCode, of: id),
            code("N", "2.16.840.1.113883.5.25", "normaal", Scheme.confidentialityCode, of: id),
            code("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3", "PDF", Scheme.formatCode, of: id),
            code("22232009", "2.16.840.1.113883.6.96", "Ziekenhuis", Scheme.healthcareFacilityTypeCode, of: id),
            code("394802001", "2.16.840.1.113883.6.96", "Interne geneeskunde", Scheme.practiceSettingCode, of: id),
            code("11490-0", "2.16.840.1.113883.6.1", "Ontslagbrief arts", Scheme.typeCode, of: id),
        ]
        object.externalIdentifiers = [
            identifier(patientId, Scheme.documentEntryPatientId, of: id),
            identifier(uniqueId(), Scheme.documentEntryUniqueId, of: id),
        ]
        return ExtrinsicObject(object: object, mimeType: "application/pdf")
    }

    /// A Folder.
    public static func folder(id: String, patientId: String = patientId) -> RegistryPackage {
        typealias Scheme = EbRIMVocabulary.Scheme
        var object = RegistryObject(id: id, objectType: EbRIMVocabulary.ObjectType.registryPackage)
        object.name = InternationalString("Opname cardiologie", language: "nl-NL")
        object.classifications = [
            node(EbRIMVocabulary.Node.folder, of: id),
            code("OPNAME", "2.999.20.8", "Opname", Scheme.folderCodeList, of: id),
        ]
        object.externalIdentifiers = [
            identifier(patientId, Scheme.folderPatientId, of: id),
            identifier(uniqueId(), Scheme.folderUniqueId, of: id),
        ]
        return RegistryPackage(object: object)
    }

    // MARK: Parts of objects

    /// An OID that no other sample has.
    public static func uniqueId() -> String { "2.999.30.\(UInt64.random(in: 1...UInt64.max))" }

    /// A code.
    public static func code(
        _ code: String, _ codingScheme: String, _ name: String, _ scheme: String, of id: String
    ) -> Classification {
        var object = RegistryObject(objectType: EbRIMVocabulary.ObjectType.classification)
        object.id = "cl-\(scheme.suffix(12))-\(id)-\(code.utf8.reduce(0) { $0 &* 31 &+ Int($1) & 0xFFFF })"
        object.setSlot(SlotName.codingScheme, [codingScheme])
        object.name = InternationalString(name)
        return Classification(
            object: object, classificationScheme: scheme, classifiedObject: id, nodeRepresentation: code
        )
    }

    /// An author: a person of an institution.
    public static func author(_ scheme: String, of id: String) -> Classification {
        var object = RegistryObject(id: "au-\(id)", objectType: EbRIMVocabulary.ObjectType.classification)
        object.setSlot(SlotName.authorPerson, ["12345^de Vries^Karin^^^dr.^^^&2.999.40&ISO"])
        object.setSlot(SlotName.authorInstitution, ["Ziekenhuis Voorbeeld^^^^^&2.999.41&ISO^^^^00001234"])
        object.setSlot(SlotName.authorRole, ["behandelaar"])
        object.setSlot(SlotName.authorTelecommunication, ["^^Internet^k.devries@voorbeeld.invalid"])
        return Classification(
            object: object, classificationScheme: scheme, classifiedObject: id, nodeRepresentation: ""
        )
    }

    /// The node that says what a package is.
    public static func node(_ node: String, of id: String) -> Classification {
        let object = RegistryObject(id: "no-\(id)", objectType: EbRIMVocabulary.ObjectType.classification)
        return Classification(object: object, classificationNode: node, classifiedObject: id)
    }

    /// An external identifier with its fixed name.
    public static func identifier(_ value: String, _ scheme: String, of id: String) -> ExternalIdentifier {
        var object = RegistryObject(objectType: EbRIMVocabulary.ObjectType.externalIdentifier)
        object.id = "ei-\(scheme.suffix(12))-\(id)"
        object.name = EbRIMVocabulary.IdentifierName.of(scheme: scheme).map { InternationalString($0) }
        return ExternalIdentifier(object: object, identificationScheme: scheme, registryObject: id, value: value)
    }
}
