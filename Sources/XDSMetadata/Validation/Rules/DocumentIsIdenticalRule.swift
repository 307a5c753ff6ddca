/// A DocumentEntry whose uniqueId is registered already is about the same bytes: same hash, same size.
///
/// - Source: ITI TF-3: 4.2.4.1. Errors: XDSNonIdenticalHash, XDSNonIdenticalSize, both with the uniqueId.
struct DocumentIsIdenticalRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.documentEntries.flatMap { check($0, against: state) }
    }

    private func check(_ entry: ExtrinsicObject, against state: RegistryState) -> [RegistryError] {
        guard let uniqueId = SubmittedObject.documentEntry(entry).uniqueId,
            let known = state.documents[uniqueId], !known.isEmpty
        else { return [] }
        let subject = ObjectKind.documentEntry.subject(entry.entryUUID)
        var errors: [RegistryError] = []
        let hash = entry.object.slot(SlotName.hash)?.values.first.flatMap { try? SHA1Digest(parsing: $0) }
        if let hash, !known.contains(where: { $0.hash == hash }) {
            errors.append(
                subject.error(
                    .nonIdenticalHash, "uniqueId \(uniqueId) is registered with another hash", attribute: SlotName.hash)
            )
        }
        let size = entry.object.slot(SlotName.size)?.values.first.flatMap { try? DocumentSize.parse($0) }
        if let size, !known.contains(where: { $0.size == size }) {
            errors.append(
                subject.error(
                    .nonIdenticalSize, "uniqueId \(uniqueId) is registered with another size", attribute: SlotName.size)
            )
        }
        return errors
    }
}
