/// A new version has the uniqueId of the object, and a DocumentEntry its objectType.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3; RMU supplement, ITI TF-2: 3.92.4.1.3. Errors:
///   XDSMetadataUpdateError in ITI-57; XDSMetadataIdentifierError, UnmodifiableMetadataError and XDSObjectTypeError in
///   ITI-92.
struct IdentityIsKeptRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard let update = trigger.versionUpdate, let current = draft.current(for: update)?.content else { return [] }
        var errors: [RegistryError] = []
        if let uniqueId = update.object.uniqueId, uniqueId != current.uniqueId {
            let reason = "uniqueId is not the one of the version it replaces"
            errors.append(update.error(draft.transaction.uniqueIdError, reason, attribute: "uniqueId"))
        }
        if update.kind == .documentEntry, let type = update.object.object.objectType, type != current.object.objectType
        {
            let reason = "objectType is not the one of the version it replaces"
            errors += draft.transaction.objectTypeErrors.map { update.error($0, reason, attribute: "objectType") }
        }
        return errors
    }
}
