/// A restricted update leaves the protected attributes as they are in the latest version.
///
/// uniqueId and objectType have IdentityIsKeptRule. An absent documentAvailability means Online.
/// - Source: RMU supplement, ITI TF-2: 3.92.4.1.3. Errors: XDSPatientIDReconciliationError for patientId,
///   UnmodifiableMetadataError for the others.
struct ProtectedAttributesAreKeptRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        guard case .documentEntry(let update) = trigger, let current = draft.current(for: update),
            let before = current.content?.object
        else { return [] }
        let after = update.object.object
        var errors: [RegistryError] = []
        if let patientId = update.object.patientId, patientId != current.patientId {
            errors.append(
                update.error(
                    .patientIDReconciliation, "a restricted update does not change patientId", attribute: "patientId"))
        }
        func compare(_ attribute: String, _ old: [String]?, _ new: [String]?) {
            guard old != new else { return }
            let reason = "a restricted update does not change \(attribute)"
            errors.append(update.error(.unmodifiableMetadata, reason, attribute: attribute))
        }
        for slot in [SlotName.sourcePatientId, SlotName.repositoryUniqueId] {
            compare(slot, before.slot(slot)?.values, after.slot(slot)?.values)
        }
        let online = [DocumentAvailability.online.rawValue]
        compare(
            SlotName.documentAvailability, before.slot(SlotName.documentAvailability)?.values ?? online,
            after.slot(SlotName.documentAvailability)?.values ?? online)
        compare("homeCommunityId", before.home.map { [$0] }, after.home.map { [$0] })
        return errors
    }
}
