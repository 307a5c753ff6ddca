/// Slot names are present and unique within one object, and names under `urn:ihe:` are known ones.
///
/// - Source: ITI TF-3: 4.2.3.1.1 and 4.2.3.1.6. Error: XDSRegistryMetadataError.
struct SlotNamesAreUniqueRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.allObjects.flatMap { object in
            check(object.object.slots, of: object.subject)
                + object.object.classifications.flatMap { check($0.object.slots, of: object.subject) }
        }
    }

    /// - Parameter subject: made for an error only: most objects have none, and many Slots.
    private func check(_ slots: [Slot], of subject: @autoclosure () -> ErrorSubject) -> [RegistryError] {
        var errors: [RegistryError] = []
        var seen: Set<String> = []
        for slot in slots {
            if slot.name.isEmpty {
                errors.append(subject().error(.metadata, "a Slot has no name"))
            } else if slots.count > 1, !seen.insert(slot.name).inserted {
                errors.append(
                    subject().error(.metadata, "Slot \(slot.name) is given more than once", attribute: slot.name))
            }
            if slot.name.hasPrefix(EbRIMVocabulary.ihePrefix), !SlotName.iheNames.contains(slot.name) {
                errors.append(subject().error(.metadata, "Slot \(slot.name) is unknown", attribute: slot.name))
            }
        }
        return errors
    }
}
