import XMLKit

/// Writes ebRIM shapes strictly: prefix `rim`, elements in the order of the schema, no namespace declaration, so that
/// a fragment fits into any message that binds the prefix.
///
/// `@status` is always the first attribute, in the form ` status="URN"`: the registry changes the status of a stored
/// fragment by exchanging that text.
/// - Source: `rim.xsd`; ITI TF-3: 4.2.3.1.
enum EbRIMEncoder {
    /// Writes a DocumentEntry.
    static func write(_ value: ExtrinsicObject, to writer: inout XMLWriter) {
        let object = value.object
        writer.element(
            "rim:ExtrinsicObject", ("status", object.status), ("id", object.id), ("lid", object.lid),
            ("objectType", object.objectType), ("mimeType", value.mimeType), ("isOpaque", value.isOpaque),
            ("home", object.home)
        ) { writer in
            writeContent(of: object, to: &writer)
            if let version = value.contentVersionInfo { write(version, "rim:ContentVersionInfo", to: &writer) }
        }
    }

    /// Writes a SubmissionSet or Folder.
    static func write(_ value: RegistryPackage, to writer: inout XMLWriter) {
        let object = value.object
        writer.element(
            "rim:RegistryPackage", ("status", object.status), ("id", object.id), ("lid", object.lid),
            ("objectType", object.objectType), ("home", object.home)
        ) { writer in
            writeContent(of: object, to: &writer)
        }
    }

    /// Writes an Association.
    static func write(_ value: EbRIMAssociation, to writer: inout XMLWriter) {
        let object = value.object
        writer.element(
            "rim:Association", ("status", object.status), ("id", object.id), ("lid", object.lid),
            ("objectType", object.objectType), ("associationType", value.associationType),
            ("sourceObject", value.sourceObject), ("targetObject", value.targetObject), ("home", object.home)
        ) { writer in
            writeContent(of: object, to: &writer)
        }
    }

    /// Writes a Classification.
    static func write(_ value: Classification, to writer: inout XMLWriter) {
        let object = value.object
        writer.element(
            "rim:Classification", ("id", object.id), ("objectType", object.objectType),
            ("classificationScheme", value.classificationScheme), ("classificationNode", value.classificationNode),
            ("classifiedObject", value.classifiedObject), ("nodeRepresentation", value.nodeRepresentation),
            ("home", object.home)
        ) { writer in
            writeContent(of: object, to: &writer)
        }
    }

    /// Writes an ExternalIdentifier.
    static func write(_ value: ExternalIdentifier, to writer: inout XMLWriter) {
        let object = value.object
        writer.element(
            "rim:ExternalIdentifier", ("id", object.id), ("objectType", object.objectType),
            ("identificationScheme", value.identificationScheme), ("registryObject", value.registryObject),
            ("value", value.value), ("home", object.home)
        ) { writer in
            writeContent(of: object, to: &writer)
        }
    }

    /// Writes a Slot.
    static func write(_ slot: Slot, to writer: inout XMLWriter) {
        writer.element("rim:Slot", ("name", slot.name), ("slotType", slot.slotType)) { writer in
            writer.element("rim:ValueList") { writer in
                for value in slot.values { writer.element("rim:Value", text: value) }
            }
        }
    }

    private static func writeContent(of object: RegistryObject, to writer: inout XMLWriter) {
        for slot in object.slots { write(slot, to: &writer) }
        if let name = object.name { write(name, "rim:Name", to: &writer) }
        if let comments = object.comments { write(comments, "rim:Description", to: &writer) }
        if let version = object.versionInfo { write(version, "rim:VersionInfo", to: &writer) }
        for classification in object.classifications { write(classification, to: &writer) }
        for identifier in object.externalIdentifiers { write(identifier, to: &writer) }
    }

    private static func write(_ text: InternationalString, _ tag: String, to writer: inout XMLWriter) {
        writer.open(tag)
        for string in text.strings {
            writer.empty(
                "rim:LocalizedString", ("xml:lang", string.language), ("charset", string.charset),
                ("value", string.value)
            )
        }
        writer.close(tag)
    }

    private static func write(_ version: VersionInfo, _ tag: String, to writer: inout XMLWriter) {
        writer.empty(tag, ("versionName", version.versionName), ("comment", version.comment))
    }
}
