import XMLKit

/// Reads ebRIM elements into their shapes: any element order, white space around ids dropped, deviations noted.
///
/// One decoder serves one message. It judges no content; rules do.
struct EbRIMDecoder {
    /// Where each deviation was noticed first.
    private(set) var places: [Deviation: DeviationPlace] = [:]
    private var place = DeviationPlace(object: .symbolic(""), attribute: nil)

    /// What was noticed so far.
    var deviations: Set<Deviation> { Set(places.keys) }

    /// Reads `rim:RegistryObjectList`.
    ///
    /// - Throws: MessageDecodingError for an element that no submission or answer may hold.
    mutating func registryObjectList(_ element: XMLElement) throws(MessageDecodingError) -> RegistryObjectList {
        var list = RegistryObjectList()
        var siblings: [Classification] = []
        for child in element.children {
            guard child.namespaceURI == XDSNamespace.rim else {
                throw MessageDecodingError("RegistryObjectList holds an element that is not of ebRIM", at: child)
            }
            switch child.localName {
            case "ExtrinsicObject": list.extrinsicObjects.append(extrinsicObject(child))
            case "RegistryPackage": list.packages.append(registryPackage(child))
            case "Association": list.associations.append(association(child))
            case "Classification":
                enter(child, named: "classifiedObject")
                siblings.append(classification(child, parent: nil))
            case "ObjectRef": list.objectRefs.append(attribute("id", of: child) ?? "")
            default:
                throw MessageDecodingError("RegistryObjectList holds an element that XDS does not know", at: child)
            }
        }
        move(siblings, into: &list)
        place = DeviationPlace(object: .symbolic(""), attribute: nil)
        return list
    }

    /// Reads `rim:ExtrinsicObject`.
    mutating func extrinsicObject(_ element: XMLElement) -> ExtrinsicObject {
        enter(element)
        return ExtrinsicObject(
            object: registryObject(element),
            mimeType: attribute("mimeType", of: element),
            isOpaque: attribute("isOpaque", of: element),
            contentVersionInfo: element.first(.rim("ContentVersionInfo")).map(versionInfo)
        )
    }

    /// Reads `rim:RegistryPackage`.
    mutating func registryPackage(_ element: XMLElement) -> RegistryPackage {
        enter(element)
        var object = registryObject(element)
        fill(&object.objectType, with: EbRIMVocabulary.ObjectType.registryPackage)
        return RegistryPackage(object: object)
    }

    /// Reads `rim:Association`.
    mutating func association(_ element: XMLElement) -> EbRIMAssociation {
        enter(element)
        var object = registryObject(element)
        fill(&object.objectType, with: EbRIMVocabulary.ObjectType.association)
        return EbRIMAssociation(
            object: object,
            associationType: attribute("associationType", of: element),
            sourceObject: identifier("sourceObject", of: element),
            targetObject: identifier("targetObject", of: element)
        )
    }

    /// Reads `rim:Classification`; the parent is the id of the object it stands in.
    mutating func classification(_ element: XMLElement, parent: String?) -> Classification {
        let outer = enter(attribute: element.attribute("classificationScheme"))
        defer { place = outer }
        var object = registryObject(element)
        fill(&object.objectType, with: EbRIMVocabulary.ObjectType.classification)
        if object.id == nil { note(.missingComponentId) }
        return Classification(
            object: object,
            classificationScheme: identifier("classificationScheme", of: element),
            classificationNode: identifier("classificationNode", of: element),
            classifiedObject: reference("classifiedObject", of: element, parent: parent),
            nodeRepresentation: attribute("nodeRepresentation", of: element)
        )
    }

    /// Reads `rim:ExternalIdentifier`; the parent is the id of the object it stands in.
    mutating func externalIdentifier(_ element: XMLElement, parent: String?) -> ExternalIdentifier {
        let outer = enter(attribute: element.attribute("identificationScheme"))
        defer { place = outer }
        var object = registryObject(element)
        fill(&object.objectType, with: EbRIMVocabulary.ObjectType.externalIdentifier)
        if object.id == nil { note(.missingComponentId) }
        let scheme = identifier("identificationScheme", of: element)
        if let name = scheme.flatMap(EbRIMVocabulary.IdentifierName.of(scheme:)), object.name?.text != name {
            note(.identifierName)
        }
        return ExternalIdentifier(
            object: object,
            identificationScheme: scheme,
            registryObject: reference("registryObject", of: element, parent: parent),
            value: attribute("value", of: element)
        )
    }

    /// Reads `rim:Slot`. Values of extra metadata stay untouched; of others, white space around them is dropped.
    mutating func slot(_ element: XMLElement) -> Slot {
        let name = attribute("name", of: element) ?? ""
        let outer = enter(attribute: name)
        defer { place = outer }
        var slot = Slot(name: name, slotType: element.attribute("slotType"), values: [])
        let isExtra = SlotName.isExtraMetadata(slot.name)
        for list in element.all(.rim("ValueList")) {
            for value in list.all(.rim("Value")) {
                let text = isExtra ? value.text : trimmed(value.text)
                if text.isEmpty { note(.emptySlotValue) } else { slot.values.append(text) }
            }
        }
        if slot.values.isEmpty { note(.emptySlotValue) }
        return slot
    }

    // MARK: Parts that all objects share

    private mutating func registryObject(_ element: XMLElement) -> RegistryObject {
        var object = RegistryObject(id: identifier("id", of: element))
        object.objectType = identifier("objectType", of: element)
        object.status = attribute("status", of: element)
        object.lid = identifier("lid", of: element)
        object.home = attribute("home", of: element)
        var highest = 0
        for child in element.children where child.namespaceURI == XDSNamespace.rim {
            let rank = read(child, into: &object)
            if rank < highest { note(.elementOrder) }
            highest = max(highest, rank)
        }
        return object
    }

    /// Reads one child; the result is its rank in the order of the schema.
    private mutating func read(_ child: XMLElement, into object: inout RegistryObject) -> Int {
        switch child.localName {
        case "Slot":
            let slot = slot(child)
            if !SlotName.isDefined(slot.name), !slot.name.hasPrefix("urn:") { note(.unknownSlot, at: slot.name) }
            object.slots.append(slot)
            return 0
        case "Name":
            object.name = internationalString(child)
            if object.name == nil { note(.emptyName) }
            return 1
        case "Description":
            object.comments = internationalString(child)
            return 2
        case "VersionInfo":
            object.versionInfo = versionInfo(child)
            return 3
        case "Classification":
            object.classifications.append(classification(child, parent: object.id))
            return 4
        case "ExternalIdentifier":
            object.externalIdentifiers.append(externalIdentifier(child, parent: object.id))
            return 5
        default:
            return 6
        }
    }

    private func internationalString(_ element: XMLElement) -> InternationalString? {
        var strings: [LocalizedString] = []
        for child in element.all(.rim("LocalizedString")) {
            guard let value = child.attribute("value"), !value.isEmpty else { continue }
            let language = child.attribute(QualifiedName(XDSNamespace.xml, "lang"))
            strings.append(LocalizedString(value: value, language: language, charset: child.attribute("charset")))
        }
        return strings.isEmpty ? nil : InternationalString(strings: strings)
    }

    private func versionInfo(_ element: XMLElement) -> VersionInfo {
        VersionInfo(versionName: element.attribute("versionName"), comment: element.attribute("comment"))
    }

    // MARK: Attributes

    private mutating func attribute(_ name: String, of element: XMLElement) -> String? {
        element.attribute(name).map { trimmed($0) }
    }

    /// An id or a reference: a UUID URN comes out in lower case, an empty attribute as absent.
    private mutating func identifier(_ name: String, of element: XMLElement) -> String? {
        guard let text = attribute(name, of: element), !text.isEmpty else { return nil }
        guard text.hasPrefix(EbRIMVocabulary.uuidPrefix) else { return text }
        let canonical = EntryUUID(text).text
        if canonical != text { note(.upperCaseUUID) }
        return canonical
    }

    private mutating func reference(_ name: String, of element: XMLElement, parent: String?) -> String? {
        if let text = identifier(name, of: element) { return text }
        if parent != nil { note(.missingParentReference) }
        return parent
    }

    private mutating func fill(_ objectType: inout String?, with value: String) {
        if objectType == nil {
            note(.missingObjectType)
            objectType = value
        }
    }

    private mutating func trimmed(_ text: String) -> String {
        let result = TextFormat.trimmed(text)
        if result.utf8.count != text.utf8.count { note(.strayWhitespace) }
        return result
    }

    // MARK: Deviations and their places

    private mutating func note(_ deviation: Deviation, at attribute: String? = nil) {
        guard places[deviation] == nil else { return }
        places[deviation] = DeviationPlace(object: place.object, attribute: place.attribute ?? attribute)
    }

    /// Goes into an object of the message, or into what stands beside the object it names.
    private mutating func enter(_ element: XMLElement, named id: String = "id") {
        place = DeviationPlace(object: EntryUUID(TextFormat.trimmed(element.attribute(id) ?? "")), attribute: nil)
    }

    /// Goes into an attribute, known by its Slot name or scheme, unless it is a part of another one; gives the place to come back to.
    private mutating func enter(attribute: String?) -> DeviationPlace {
        let outer = place
        place.attribute = outer.attribute ?? attribute
        return outer
    }

    // MARK: Classifications beside their objects

    private mutating func move(_ siblings: [Classification], into list: inout RegistryObjectList) {
        for sibling in siblings {
            guard let id = sibling.classifiedObject else {
                list.strayClassifications.append(sibling)
                continue
            }
            if let index = list.packages.firstIndex(where: { $0.object.id == id }) {
                place = DeviationPlace(object: EntryUUID(id), attribute: nil)
                note(.classificationBesidePackage)
                list.packages[index].object.classifications.append(sibling)
            } else if let index = list.extrinsicObjects.firstIndex(where: { $0.object.id == id }) {
                list.extrinsicObjects[index].object.classifications.append(sibling)
            } else {
                list.strayClassifications.append(sibling)
            }
        }
    }
}
