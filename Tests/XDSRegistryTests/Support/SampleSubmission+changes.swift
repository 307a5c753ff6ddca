import FoundationEssentials
import XDSMetadata
import XDSTesting

extension SampleSubmission {
    /// Gives a DocumentEntry a UUID that the registry keeps, everywhere in the submission.
    @discardableResult
    mutating func identify(_ index: Int = 0, as id: UUID = UUID()) -> UUID {
        guard let symbol = objects.extrinsicObjects[index].object.id else { return id }
        rename(&objects.extrinsicObjects[index].object, to: id.urn)
        for number in documents.indices where documents[number].id == symbol { documents[number].id = id.urn }
        replaceEnds(symbol, id.urn)
        return id
    }

    /// Gives the first Folder a UUID that the registry keeps, everywhere in the submission.
    @discardableResult
    mutating func identifyFolder(as id: UUID = UUID()) -> UUID {
        guard let symbol = folder.object.id else { return id }
        rename(&folder.object, to: id.urn)
        replaceEnds(symbol, id.urn)
        return id
    }

    /// Gives the SubmissionSet a UUID that the registry keeps, everywhere in the submission.
    @discardableResult
    mutating func identifySubmissionSet(as id: UUID = UUID()) -> UUID {
        guard let symbol = submissionSet.object.id else { return id }
        rename(&submissionSet.object, to: id.urn)
        replaceEnds(symbol, id.urn)
        return id
    }

    private func rename(_ object: inout RegistryObject, to id: String) {
        object.id = id
        for index in object.classifications.indices { object.classifications[index].classifiedObject = id }
        for index in object.externalIdentifiers.indices { object.externalIdentifiers[index].registryObject = id }
    }

    private mutating func replaceEnds(_ symbol: String, _ id: String) {
        for index in objects.associations.indices {
            if objects.associations[index].sourceObject == symbol { objects.associations[index].sourceObject = id }
            if objects.associations[index].targetObject == symbol { objects.associations[index].targetObject = id }
        }
    }

    /// A submission of one document with a relation to a registered one.
    static func related(_ type: AssociationType, to target: UUID) -> (sample: SampleSubmission, id: UUID) {
        var sample = SampleMetadata.submission()
        let id = sample.identify()
        sample.associate(type, from: id.urn, to: target.urn)
        return (sample, id)
    }

    /// A submission of one document.
    static func single(
        patientId: String = SampleMetadata.patientId, _ change: (inout ExtrinsicObject) -> Void = { _ in }
    ) -> (sample: SampleSubmission, id: UUID) {
        var sample = SampleMetadata.submission(patientId: patientId)
        let id = sample.identify()
        change(&sample.documentEntry)
        return (sample, id)
    }
}

extension ExtrinsicObject {
    /// Replaces all codes under a scheme.
    mutating func setCodes(_ scheme: String, _ codes: [CodedValue]) { object.setCodes(scheme, codes) }

    /// Replaces all authors by persons.
    mutating func setAuthors(_ persons: [String]) {
        object.setAuthors(EbRIMVocabulary.Scheme.documentEntryAuthor, persons)
    }

    /// Takes a Slot out.
    mutating func removeSlot(_ name: String) {
        object.slots.removeAll { $0.name == name }
    }

    /// uniqueId as it is written.
    var uniqueId: String {
        get { object.identifiers(scheme: EbRIMVocabulary.Scheme.documentEntryUniqueId).first?.value ?? "" }
        set { object.setIdentifier(EbRIMVocabulary.Scheme.documentEntryUniqueId, newValue) }
    }
}

extension RegistryObject {
    /// Replaces all codes under a scheme.
    mutating func setCodes(_ scheme: String, _ codes: [CodedValue]) {
        classifications.removeAll { $0.classificationScheme == scheme }
        for (index, code) in codes.enumerated() {
            var classification = SampleMetadata.code(
                code.code, code.codingScheme, code.displayName, scheme, of: id ?? "")
            classification.object.id = "code-\(scheme.suffix(12))-\(index)-\(id ?? "")"
            classifications.append(classification)
        }
    }

    /// Replaces all authors under a scheme by persons.
    mutating func setAuthors(_ scheme: String, _ persons: [String]) {
        classifications.removeAll { $0.classificationScheme == scheme }
        for (index, person) in persons.enumerated() {
            var author = SampleMetadata.author(scheme, of: id ?? "")
            author.object.id = "author-\(index)-\(id ?? "")"
            author.object.setSlot(SlotName.authorPerson, [person])
            classifications.append(author)
        }
    }

    /// Replaces the value of an external identifier.
    mutating func setIdentifier(_ scheme: String, _ value: String) {
        for index in externalIdentifiers.indices where externalIdentifiers[index].identificationScheme == scheme {
            externalIdentifiers[index].value = value
        }
    }
}

extension SampleQuery {
    /// GetDocuments by entryUUID.
    static func entries(_ ids: [UUID]) -> SampleQuery {
        let list = ids.map { "'\($0.urn)'" }.joined(separator: ",")
        return SampleQuery(
            id: StoredQueryID.getDocuments.rawValue,
            parameters: [Slot(name: "$XDSDocumentEntryEntryUUID", values: ["(\(list))"])])
    }
}

extension CodedValue {
    /// A code of a scheme of the tests.
    static func test(_ code: String, scheme: String = "2.999.77") -> CodedValue {
        CodedValue(code: code, codingScheme: scheme, displayName: "Naam van \(code)")
    }

    /// As a literal of a query.
    var literal: String {
        var text = "'"
        for character in key { text += character == "'" ? "''" : String(character) }
        return text + "'"
    }
}
