/// Texts keep to the lengths of the schema: 256 characters for Slot names, values and codes, 1024 for localised texts.
///
/// - Source: `rim.xsd` (LongName, FreeFormText). Error: XDSRegistryMetadataError.
struct ValueLengthsRule: SubmissionRule {
    private static let longName = 256
    private static let freeFormText = 1024

    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.allObjects.flatMap { check($0.object, of: $0.subject) }
    }

    private func check(_ object: RegistryObject, of subject: String) -> [RegistryError] {
        var errors: [RegistryError] = []
        for slot in object.slots {
            if ([slot.name] + slot.values).contains(where: { Self.exceeds($0, Self.longName) }) {
                let name = String(slot.name.unicodeScalars.prefix(64))
                errors.append(tooLong("\(subject): Slot \(name)", Self.longName))
            }
        }
        for text in [object.name, object.comments].compactMap({ $0 }) {
            if text.strings.contains(where: { Self.exceeds($0.value, Self.freeFormText) }) {
                errors.append(tooLong("\(subject): a Name or Description", Self.freeFormText))
            }
        }
        for classification in object.classifications {
            if let code = classification.nodeRepresentation, Self.exceeds(code, Self.longName) {
                errors.append(tooLong("\(subject): a code", Self.longName))
            }
            errors += check(classification.object, of: subject)
        }
        for identifier in object.externalIdentifiers {
            if let value = identifier.value, Self.exceeds(value, Self.longName) {
                errors.append(tooLong("\(subject): an ExternalIdentifier", Self.longName))
            }
        }
        return errors
    }

    private func tooLong(_ what: String, _ limit: Int) -> RegistryError {
        RegistryError(.metadata, "\(what) is longer than \(limit) characters")
    }

    private static func exceeds(_ text: String, _ limit: Int) -> Bool {
        text.utf8.count > limit && text.unicodeScalars.count > limit
    }
}
