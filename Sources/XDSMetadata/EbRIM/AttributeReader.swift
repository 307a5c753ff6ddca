/// Reads the attributes of one registry object and collects what is wrong with them.
///
/// Every error is XDSRegistryMetadataError whose context names the object and the attribute: "DocumentEntry Doc01:
/// classCode is missing".
struct AttributeReader {
    /// Whether an object is valid without an attribute.
    enum Presence {
        case required
        case optional
    }

    /// Errors in the order they were found.
    private(set) var errors: [RegistryError] = []
    /// How errors name the object.
    let subject: ErrorSubject
    let object: RegistryObject

    /// Reads an object; its kind ("DocumentEntry") starts the contexts.
    init(_ object: RegistryObject, kind: ObjectKind) {
        self.object = object
        subject = kind.subject(object.entryUUID)
    }

    /// Reads a part of an object; errors name the whole object.
    init(_ object: RegistryObject, subject: ErrorSubject) {
        self.object = object
        self.subject = subject
    }

    /// Adds the errors of a part.
    mutating func take(_ errors: [RegistryError]) { self.errors += errors }

    /// Reports that an attribute is wrong; the reason is a clause such as "is missing".
    mutating func report(_ attribute: String, _ reason: String) {
        errors.append(subject.error(.metadata, "\(attribute) \(reason)", attribute: attribute))
    }

    /// Parses one text of an attribute and reports what is wrong with it.
    mutating func parse<Value>(
        _ attribute: String, _ text: String, _ parse: (String) throws(FormatProblem) -> Value
    ) -> Value? {
        do throws(FormatProblem) {
            return try parse(text)
        } catch {
            report(attribute, error.reason)
            return nil
        }
    }

    // MARK: Slots

    /// The value of a Slot with one value.
    mutating func slot<Value>(
        _ name: String, _ presence: Presence, _ parser: (String) throws(FormatProblem) -> Value
    ) -> Value? {
        let values = object.slot(name)?.values ?? []
        guard let text = values.first else {
            if presence == .required { report(name, "is missing") }
            return nil
        }
        guard values.count == 1 else {
            report(name, "has several values; one is allowed")
            return nil
        }
        return parse(name, text, parser)
    }

    /// The values of a Slot with a list; absent is empty.
    mutating func slots<Value>(_ name: String, _ parser: (String) throws(FormatProblem) -> Value) -> [Value] {
        var result: [Value] = []
        for text in object.slot(name)?.values ?? [] {
            if let value = parse(name, text, parser) { result.append(value) }
        }
        return result
    }

    // MARK: Codes

    /// The code under a scheme that allows one.
    mutating func code(_ attribute: String, scheme: String, _ presence: Presence) -> CodedValue? {
        let found = object.classifications(scheme: scheme)
        guard let first = found.first else {
            if presence == .required { report(attribute, "is missing") }
            return nil
        }
        if found.count > 1 { report(attribute, "is given more than once") }
        return codedValue(attribute, first)
    }

    /// The codes under a scheme that allows several.
    mutating func codes(_ attribute: String, scheme: String, _ presence: Presence) -> [CodedValue] {
        let found = object.classifications(scheme: scheme)
        if found.isEmpty, presence == .required { report(attribute, "is missing") }
        var result: [CodedValue] = []
        for classification in found {
            if let code = codedValue(attribute, classification) { result.append(code) }
        }
        return result
    }

    /// One code: nodeRepresentation, display name and exactly one coding scheme.
    private mutating func codedValue(_ attribute: String, _ classification: Classification) -> CodedValue? {
        let code = classification.nodeRepresentation ?? ""
        let name = classification.object.name?.text ?? ""
        let schemes = classification.object.slot(SlotName.codingScheme)?.values ?? []
        if code.isEmpty { report(attribute, "has no code (nodeRepresentation)") }
        if name.isEmpty { report(attribute, "has no display name") }
        if schemes.count != 1 { report(attribute, "does not have exactly one codingScheme") }
        guard !code.isEmpty, !name.isEmpty, schemes.count == 1 else { return nil }
        return CodedValue(code: code, codingScheme: schemes[0], displayName: name)
    }

    // MARK: External identifiers

    /// The value of the identifier under a scheme; exactly one is required.
    mutating func identifier<Value>(
        _ attribute: String, scheme: String, _ parser: (String) throws(FormatProblem) -> Value
    ) -> Value? {
        let found = object.identifiers(scheme: scheme)
        guard let text = found.first?.value, !text.isEmpty else {
            report(attribute, "is missing")
            return nil
        }
        if found.count > 1 { report(attribute, "is given more than once") }
        return parse(attribute, text, parser)
    }

    // MARK: XML attributes and names

    /// homeCommunityId in `@home`.
    mutating func homeCommunityId() -> HomeCommunityID? {
        guard let home = object.home, !home.isEmpty else { return nil }
        return parse("homeCommunityId", home, HomeCommunityID.init(parsing:))
    }

    /// Checks the length of the title, in characters.
    mutating func checkTitle(_ presence: Presence, maximum: Int) {
        guard let name = object.name else {
            if presence == .required { report("title", "is missing") }
            return
        }
        if name.strings.contains(where: { $0.value.unicodeScalars.count > maximum }) {
            report("title", "is longer than \(maximum) characters")
        }
    }

    /// version in `rim:VersionInfo/@versionName`; nil unless it is a positive integer.
    var version: Int? { object.versionInfo?.versionName.flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } }
}
