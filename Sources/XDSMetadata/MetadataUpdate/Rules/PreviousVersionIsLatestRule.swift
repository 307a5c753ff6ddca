/// PreviousVersion is the number of the latest version: nobody else has updated the object since the sender read it.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3. Error: XDSMetadataVersionError.
struct PreviousVersionIsLatestRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard let update = trigger.versionUpdate, let stated = update.previousVersion,
            let number = draft.current(for: update)?.version?.number, stated != number
        else { return [] }
        let reason = "PreviousVersion is \(stated), but the current version is \(number)"
        return [update.error(.metadataVersion, reason, attribute: SlotName.previousVersion)]
    }
}
