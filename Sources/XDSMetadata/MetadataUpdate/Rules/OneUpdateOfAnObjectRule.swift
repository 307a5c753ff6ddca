/// A request has at most one new version of an object.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3. Error: XDSMetadataUpdateError.
struct OneUpdateOfAnObjectRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard let update = trigger.versionUpdate, let object = logicalID(of: update, in: draft) else { return [] }
        let updates = draft.update.triggers.compactMap(\.versionUpdate).count { logicalID(of: $0, in: draft) == object }
        guard updates > 1 else { return [] }
        return [update.error(.metadataUpdate, "the request has more than one new version of this object")]
    }

    private func logicalID(of update: VersionUpdate, in draft: UpdateDraft) -> EntryUUID? {
        update.logicalID ?? draft.current(for: update)?.version.map { .uuid($0.logicalID) }
    }
}
