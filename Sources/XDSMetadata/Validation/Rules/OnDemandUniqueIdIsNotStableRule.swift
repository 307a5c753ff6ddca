/// The uniqueId of an on-demand DocumentEntry is not the one of a stable document; another on-demand entry may have it.
///
/// - Source: ITI TF-2: 3.61.4.1.3. Error: XDSRegistryMetadataError, because XDSDuplicateUniqueIdInRegistry is not for
///   DocumentEntries.
struct OnDemandUniqueIdIsNotStableRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.documentEntries.compactMap { entry in
            let object = SubmittedObject.documentEntry(entry)
            guard let uniqueId = object.uniqueId, state.documents[uniqueId]?.isEmpty == false else { return nil }
            return object.subject.error(
                .metadata, "uniqueId \(uniqueId) is the one of a stable document", attribute: "uniqueId")
        }
    }
}
