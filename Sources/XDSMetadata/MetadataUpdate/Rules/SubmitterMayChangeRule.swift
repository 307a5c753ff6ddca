/// An organisation changes what it submitted itself, and objects of others only if its registration allows that.
///
/// - Source: policy of the region; RMU supplement, ITI TF-2: 3.92.4.1.3. Errors: LocalPolicyRestrictionError in ITI-92,
///   XDSMetadataUpdateError in ITI-57.
struct SubmitterMayChangeRule: UpdateRule {
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        let code = draft.transaction.policyError
        switch trigger {
        case .documentEntry(let update), .folder(let update):
            guard let current = draft.current(for: update), !mayChange(current, draft) else { return [] }
            return [update.error(code, "the version it replaces \(Self.reason)")]
        case .status(let change):
            let target = change.association.target
            guard let object = draft.object(target), !mayChange(object, draft) else { return [] }
            return [change.error(code, "\(object.kind.subject(target)) \(Self.reason)")]
        case .association: return []
        }
    }

    private static let reason =
        "was submitted by another organisation, and yours may change only what it submitted itself"

    /// Objects of the request itself are nobody else's.
    private func mayChange(_ object: UpdateObject, _ draft: UpdateDraft) -> Bool {
        draft.isOfRequest(object) || draft.mayChange(object.submitter ?? "")
    }
}
