/// Every object has an id of its own: present, unique in the message, and a valid UUID if it is a UUID URN.
///
/// - Source: ITI TF-3: 4.2.3.2.7; ebRIM 3.0, section 2.1. Error: XDSRegistryMetadataError.
struct ObjectIdsAreUniqueRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        var errors: [RegistryError] = []
        var seen: Set<EntryUUID> = []
        for object in submission.allObjects {
            let id = object.entryUUID
            if object.object.id == nil {
                errors.append(object.subject.error(.metadata, "id is missing", attribute: "id"))
            } else if !seen.insert(id).inserted {
                errors.append(object.subject.error(.metadata, "its id is used by several objects", attribute: "id"))
            } else if id.isMalformed {
                errors.append(object.subject.error(.metadata, "id is not a valid UUID URN", attribute: "id"))
            }
        }
        return errors
    }
}
