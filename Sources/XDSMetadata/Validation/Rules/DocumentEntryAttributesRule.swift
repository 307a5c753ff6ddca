/// A DocumentEntry has every required attribute, and each attribute its format; service times are in order.
///
/// - Source: ITI TF-3: 4.2.3.2, Table 4.2.3.2-1 and Table 4.3.1-3. Error: XDSRegistryMetadataError.
struct DocumentEntryAttributesRule: SubmissionRule {
    /// Attributes that stable and on-demand entries differ in. An entry whose type is refused is not told of them too.
    private static let dependingOnType: Set<String> = [
        SlotName.creationTime, SlotName.hash, SlotName.size,
    ]

    /// The only type the transaction takes; nil if it takes both.
    let type: DocumentEntryType?
    /// Attributes that the repository judged before: what it said of them is not said again.
    var judgedBefore: Set<String> = []

    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.documentEntries.flatMap { entry -> [RegistryError] in
            let errors = DocumentEntry.decode(entry).errors
            guard !errors.isEmpty else { return [] }
            let subject = ObjectKind.documentEntry.subject(entry.entryUUID)
            let hasType = type == nil || entry.object.objectType == type?.rawValue
            let judged = judgedBefore.union(hasType ? [] : Self.dependingOnType).map { subject.place(of: $0) }
            return errors.filter { error in !judged.contains { $0 == error.location } }
        }
    }
}
