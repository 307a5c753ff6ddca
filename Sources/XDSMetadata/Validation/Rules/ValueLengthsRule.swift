/// Texts keep to the lengths of the schema: 256 characters for Slot names, values and codes, 1024 for localised texts.
///
/// - Source: `rim.xsd` (LongName, FreeFormText). Error: XDSRegistryMetadataError.
struct ValueLengthsRule: SubmissionRule {
    private static let longName = 256
    private static let freeFormText = 1024

    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.allObjects.flatMap { object in
            var part = object.object
            // The title has a bound of its own, which is tighter.
            if object.kind != .association { part.name = nil }
            return check(part, of: object.subject)
        }
    }

    /// - Parameter subject: made for an error only.
    private func check(
        _ object: RegistryObject, of subject: @autoclosure () -> ErrorSubject
    ) -> [RegistryError] {
        var errors: [RegistryError] = []
        for slot in object.slots {
            if Self.exceeds(slot.name, Self.longName)
                || slot.values.contains(where: { Self.exceeds($0, Self.longName) })
            {
                let name = String(slot.name.unicodeScalars.prefix(64))
                errors.append(subject().tooLong("Slot \(name)", Self.longName, attribute: name))
            }
        }
        for text in [object.name, object.comments].compactMap({ $0 }) {
            if text.strings.contains(where: { Self.exceeds($0.value, Self.freeFormText) }) {
                errors.append(subject().tooLong("a Name or Description", Self.freeFormText))
            }
        }
        for classification in object.classifications {
            if let code = classification.nodeRepresentation, Self.exceeds(code, Self.longName) {
                errors.append(subject().tooLong("a code", Self.longName, attribute: "nodeRepresentation"))
            }
            errors += check(classification.object, of: subject())
        }
        for identifier in object.externalIdentifiers {
            if let value = identifier.value, Self.exceeds(value, Self.longName) {
                errors.append(subject().tooLong("an ExternalIdentifier", Self.longName, attribute: "value"))
            }
        }
        return errors
    }

    private static func exceeds(_ text: String, _ limit: Int) -> Bool {
        text.utf8.count > limit && text.unicodeScalars.count > limit
    }
}

extension ErrorSubject {
    fileprivate func tooLong(_ what: String, _ limit: Int, attribute: String? = nil) -> RegistryError {
        error(.metadata, "\(what) is longer than \(limit) characters", attribute: attribute)
    }
}
