/// ITI-92 updates DocumentEntries and nothing else.
///
/// - Source: RMU supplement, ITI TF-2: 3.92.4.1.3. Errors: XDSObjectTypeError for a Folder, UnmodifiableMetadataError
///   for a status, XDSMetadataUpdateError for an Association.
struct RestrictedUpdateIsOfDocumentEntriesRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        switch trigger {
        case .documentEntry: []
        case .folder(let update):
            [update.error(.objectType, "a restricted update does not change Folders", attribute: "objectType")]
        case .status(let change):
            [change.error(.unmodifiableMetadata, "a restricted update does not change availabilityStatus")]
        case .association(let submission):
            [submission.error(.metadataUpdate, "a restricted update does not submit Associations")]
        }
    }
}
