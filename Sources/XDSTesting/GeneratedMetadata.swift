import XDSMetadata

/// Random valid submissions: every attribute, every optional one sometimes, lists, Dutch texts, extra Slots, Folders,
/// relations. The same seed gives the same submission.
///
/// - Source: ITI TF-3: 4.2.3.2, 4.2.3.3, 4.2.3.4 and 4.2.2.
public struct GeneratedMetadata {
    private typealias Scheme = EbRIMVocabulary.Scheme
    private let patientId: String
    private var random: SeededGenerator

    /// A series of submissions for a patient.
    public init(seed: UInt64, patientId: String = SampleMetadata.patientId) {
        self.patientId = patientId
        random = SeededGenerator(seed: seed)
    }

    /// The next submission, as a repository registers it: up to three DocumentEntries and two Folders.
    public mutating func submission() -> SampleSubmission {
        var objects = RegistryObjectList()
        objects.packages = [submissionSet()]
        objects.extrinsicObjects = (0..<random.number(0...3)).map { documentEntry("Document\($0)") }
        let folders = (0..<random.number(objects.extrinsicObjects.isEmpty ? 1...2 : 0...2)).map {
            folder("Folder\($0)")
        }
        objects.packages += folders
        var submission = SampleSubmission(objects: objects, documents: [])
        let set = objects.packages[0].object.id ?? ""
        for entry in objects.extrinsicObjects { add(.hasMember, set, entry.object, status: .original, to: &submission) }
        for folder in folders {
            add(.hasMember, set, folder.object, to: &submission)
            for entry in objects.extrinsicObjects where random.oneIn(2) {
                let membership = add(.hasMember, folder.object.id ?? "", entry.object, to: &submission)
                add(.hasMember, set, RegistryObject(id: membership), to: &submission)
            }
        }
        for entry in objects.extrinsicObjects.dropFirst() where random.oneIn(2) {
            relate(entry.object, to: objects.extrinsicObjects[0].object, in: &submission)
        }
        return submission
    }

    // MARK: Objects

    private mutating func documentEntry(_ symbol: String) -> ExtrinsicObject {
        let id = id(symbol)
        var object = RegistryObject(id: id, objectType: DocumentEntryType.stable.rawValue)
        object.setSlot(SlotName.creationTime, [GeneratedValue.time(&random)])
        object.setSlot(SlotName.languageCode, [random.one(of: ["nl", "nl-NL", "fy-NL", "de-DE", "zh-Hant-TW"])])
        object.setSlot(SlotName.sourcePatientId, [GeneratedValue.patientId(&random)])
        object.setSlot(SlotName.repositoryUniqueId, [GeneratedValue.oid(&random)])
        object.setSlot(SlotName.hash, [GeneratedValue.hash(&random)])
        object.setSlot(SlotName.size, [(random.oneIn(4) ? "00" : "") + String(random.number(0...2_147_483_648))])
        addOptionalSlots(to: &object)
        describe(&object)
        object.classifications = authors(Scheme.documentEntryAuthor, of: id)
        for scheme in [
            Scheme.classCode, Scheme.formatCode, Scheme.healthcareFacilityTypeCode, Scheme.practiceSettingCode,
            Scheme.typeCode,
        ] {
            object.classifications.append(code(scheme, of: id))
        }
        object.classifications += codes(1...3, Scheme.confidentialityCode, of: id)
        object.classifications += codes(0...3, Scheme.eventCodeList, of: id)
        object.classifications.shuffle(using: &random)
        object.externalIdentifiers = [
            SampleMetadata.identifier(patientId, Scheme.documentEntryPatientId, of: id),
            SampleMetadata.identifier(GeneratedValue.uniqueId(&random), Scheme.documentEntryUniqueId, of: id),
        ]
        object.externalIdentifiers.shuffle(using: &random)
        return ExtrinsicObject(
            object: object,
            mimeType: random.one(of: ["application/pdf", "text/xml", "image/jpeg", "application/dicom"]))
    }

    private mutating func addOptionalSlots(to object: inout RegistryObject) {
        if random.oneIn(2) {
            object.setSlot(SlotName.serviceStartTime, [GeneratedValue.time(&random, years: 1990...2009)])
        }
        if random.oneIn(2) {
            object.setSlot(SlotName.serviceStopTime, [GeneratedValue.time(&random, years: 2010...2025)])
        }
        if random.oneIn(2) { object.setSlot(SlotName.legalAuthenticator, [GeneratedValue.person(&random)]) }
        if random.oneIn(2) {
            object.setSlot(SlotName.sourcePatientInfo, GeneratedValue.sourcePatientInfo(&random))
        }
        if random.oneIn(2) {
            object.setSlot(SlotName.referenceIdList, random.some(1...3) { GeneratedValue.reference(&$0) })
        }
        if random.oneIn(2) { object.setSlot(SlotName.uri, ["urn:voorbeeld:\(random.number(0...9999))"]) }
        if random.oneIn(3) {
            let availability: DocumentAvailability = random.oneIn(2) ? .online : .offline
            object.setSlot(SlotName.documentAvailability, [availability.rawValue])
        }
    }

    private mutating func submissionSet() -> RegistryPackage {
        let id = id("SubmissionSet")
        var object = RegistryObject(id: id, objectType: EbRIMVocabulary.ObjectType.registryPackage)
        object.setSlot(SlotName.submissionTime, [GeneratedValue.time(&random)])
        if random.oneIn(2) {
            object.setSlot(SlotName.intendedRecipient, random.some(1...3) { GeneratedValue.recipient(&$0) })
        }
        describe(&object)
        object.classifications = authors(Scheme.submissionSetAuthor, of: id)
        object.classifications.append(SampleMetadata.node(EbRIMVocabulary.Node.submissionSet, of: id))
        object.classifications.append(code(Scheme.contentTypeCode, of: id))
        object.classifications.shuffle(using: &random)
        object.externalIdentifiers = [
            SampleMetadata.identifier(patientId, Scheme.submissionSetPatientId, of: id),
            SampleMetadata.identifier(GeneratedValue.oid(&random), Scheme.submissionSetUniqueId, of: id),
            SampleMetadata.identifier(GeneratedValue.oid(&random), Scheme.submissionSetSourceId, of: id),
        ]
        object.externalIdentifiers.shuffle(using: &random)
        return RegistryPackage(object: object)
    }

    private mutating func folder(_ symbol: String) -> RegistryPackage {
        let id = id(symbol)
        var object = RegistryObject(id: id, objectType: EbRIMVocabulary.ObjectType.registryPackage)
        describe(&object)
        object.name = InternationalString(GeneratedValue.text(&random), language: "nl-NL")
        object.classifications = codes(1...3, Scheme.folderCodeList, of: id)
        object.classifications.append(SampleMetadata.node(EbRIMVocabulary.Node.folder, of: id))
        object.classifications.shuffle(using: &random)
        object.externalIdentifiers = [
            SampleMetadata.identifier(patientId, Scheme.folderPatientId, of: id),
            SampleMetadata.identifier(GeneratedValue.oid(&random), Scheme.folderUniqueId, of: id),
        ]
        return RegistryPackage(object: object)
    }

    // MARK: Associations

    @discardableResult
    private mutating func add(
        _ type: AssociationType, _ source: String, _ target: RegistryObject, status: SubmissionSetStatus? = nil,
        to submission: inout SampleSubmission
    ) -> String {
        submission.associate(type, from: source, to: target.id ?? "", status: status)
        let index = submission.objects.associations.count - 1
        let id = GeneratedValue.uuid(&random)
        submission.objects.associations[index].object.id = id
        if random.oneIn(4) { submission.objects.associations[index].object.slots.append(extraSlot()) }
        return id
    }

    private mutating func relate(
        _ source: RegistryObject, to target: RegistryObject, in submission: inout SampleSubmission
    ) {
        let id = add(random.one(of: [.append, .transform, .signs]), source.id ?? "", target, to: &submission)
        guard random.oneIn(2) else { return }
        let index = submission.objects.associations.count - 1
        submission.objects.associations[index].object.classifications = [
            code(Scheme.associationDocumentation, of: id)
        ]
    }

    // MARK: Parts

    /// A UUID, or a symbol.
    private mutating func id(_ symbol: String) -> String {
        random.oneIn(2) ? symbol : GeneratedValue.uuid(&random)
    }

    /// Title, comments, home and extra Slots, each sometimes; Slots in any order.
    private mutating func describe(_ object: inout RegistryObject) {
        if random.oneIn(2) { object.name = text() }
        if random.oneIn(2) { object.comments = text() }
        if random.oneIn(4) { object.home = "urn:oid:" + GeneratedValue.oid(&random) }
        for number in 0..<random.number(0...2) {
            var slot = extraSlot()
            slot.name += ".\(number)"
            object.slots.append(slot)
        }
        object.slots.shuffle(using: &random)
    }

    /// A text in one language or in two.
    private mutating func text() -> InternationalString {
        var text = InternationalString(GeneratedValue.text(&random), language: "nl-NL")
        if random.oneIn(3) {
            text.strings.append(LocalizedString(value: GeneratedValue.text(&random), language: "en", charset: "UTF-8"))
        }
        return text
    }

    /// Extra metadata: white space belongs to its values.
    private mutating func extraSlot() -> Slot {
        Slot(
            name: "urn:voorbeeld:\(random.number(0...999))",
            values: random.some(1...3) { $0.oneIn(4) ? " \(GeneratedValue.text(&$0))\n" : GeneratedValue.text(&$0) })
    }

    private mutating func code(_ scheme: String, of id: String) -> Classification {
        let code = random.oneIn(3) ? GeneratedValue.text(&random, words: 1...2) : "c\(random.number(0...999))"
        var made = SampleMetadata.code(
            code, GeneratedValue.oid(&random), GeneratedValue.text(&random, words: 1...3), scheme, of: id)
        made.object.id = GeneratedValue.uuid(&random)
        return made
    }

    private mutating func codes(_ count: ClosedRange<Int>, _ scheme: String, of id: String) -> [Classification] {
        (0..<random.number(count)).map { _ in code(scheme, of: id) }
    }

    private mutating func authors(_ scheme: String, of id: String) -> [Classification] {
        (0..<random.number(0...3)).map { _ in
            var object = RegistryObject(
                id: GeneratedValue.uuid(&random), objectType: EbRIMVocabulary.ObjectType.classification)
            object.setSlot(SlotName.authorPerson, [GeneratedValue.person(&random)])
            if random.oneIn(2) {
                object.setSlot(
                    SlotName.authorInstitution, random.some(1...2) { GeneratedValue.organisation(&$0) })
            }
            if random.oneIn(2) {
                object.setSlot(SlotName.authorRole, random.some(1...2) { GeneratedValue.role(&$0) })
            }
            if random.oneIn(2) {
                object.setSlot(SlotName.authorSpecialty, random.some(1...2) { GeneratedValue.role(&$0) })
            }
            if random.oneIn(2) {
                object.setSlot(SlotName.authorTelecommunication, [GeneratedValue.telecommunication(&random)])
            }
            return Classification(
                object: object, classificationScheme: scheme, classifiedObject: id, nodeRepresentation: "")
        }
    }
}
