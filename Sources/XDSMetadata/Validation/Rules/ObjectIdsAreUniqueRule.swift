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
                errors.append(RegistryError(.metadata, "\(object.subject): id is missing"))
            } else if !seen.insert(id).inserted {
                errors.append(RegistryError(.metadata, "\(object.subject): its id is used by several objects"))
            } else if id.isMalformed {
                errors.append(RegistryError(.metadata, "\(object.subject): id is not a valid UUID URN"))
            }
        }
        return errors
    }
}
