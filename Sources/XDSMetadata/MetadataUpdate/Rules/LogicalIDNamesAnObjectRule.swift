/// The lid of a new version is a UUID other than its id, and names a registered object of the same kind.
///
/// ITI-92 does without lid if PreviousVersion is there: the uniqueId then names the DocumentEntry.
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3; RMU supplement, ITI TF-2: 3.92.4.1.3. Errors:
///   XDSMetadataVersionError if there is no such object; for a first version XDSMetadataUpdateError in ITI-57 and
///   XDSInvalidRequestException in ITI-92.
struct LogicalIDNamesAnObjectRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard let update = trigger.versionUpdate else { return [] }
        guard let logicalID = update.logicalID else { return checkWithout(update, against: draft) }
        if logicalID == update.id {
            let reason = "lid is equal to id, so it is a first version; an update has the lid of a registered object"
            return [update.error(draft.transaction.firstVersionError, reason, attribute: "lid")]
        }
        guard logicalID.uuid != nil else {
            let code: RegistryErrorCode =
                draft.transaction == .updateDocumentSet ? .metadataUpdate : .metadataVersion
            return [update.error(code, "lid is not a UUID in URN form", attribute: "lid")]
        }
        guard draft.current(for: update) == nil else { return [] }
        let reason = "no \(update.kind.rawValue) with lid \(logicalID.text) is registered"
        return [update.error(.metadataVersion, reason, attribute: "lid")]
    }

    private func checkWithout(_ update: VersionUpdate, against draft: UpdateDraft) -> [RegistryError] {
        guard draft.transaction == .restrictedUpdateDocumentSet, !update.previousVersionValues.isEmpty else {
            let reason = "lid is missing, so it is a first version; an update has the lid of a registered object"
            return [update.error(draft.transaction.firstVersionError, reason, attribute: "lid")]
        }
        guard draft.current(for: update) == nil else { return [] }
        let reason = "lid is missing, and its uniqueId does not name exactly one registered DocumentEntry"
        return [update.error(.metadataVersion, reason, attribute: "lid")]
    }
}
