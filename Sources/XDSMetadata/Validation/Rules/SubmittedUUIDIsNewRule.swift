/// A UUID that a sender chose for a new object is not the one of a registered object.
///
/// - Source: ITI TF-3: 4.2.3.2.7; the code is the one implementations use. Error: XDSRegistryMetadataError.
struct SubmittedUUIDIsNewRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.allObjects.compactMap { object in
            guard let uuid = object.entryUUID.uuid, state.objects[uuid] != nil else { return nil }
            return object.subject.error(.metadata, "its id is the one of a registered object", attribute: "id")
        }
    }
}
