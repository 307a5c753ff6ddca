/// ITI-57 updates Approved objects only; their status has a trigger of its own.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3. Error: XDSMetadataUpdateError.
struct LatestVersionIsApprovedRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard let update = trigger.versionUpdate, let current = draft.current(for: update),
            current.status == .deprecated
        else { return [] }
        return [update.error(.metadataUpdate, "the version it replaces is Deprecated; only an Approved one is updated")]
    }
}
