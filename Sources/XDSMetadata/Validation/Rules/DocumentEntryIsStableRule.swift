/// ITI-42 registers stable DocumentEntries only; on-demand ones have ITI-61.
///
/// - Source: ITI TF-2: 3.42.4.1.2 and 3.61.4.1. Error: XDSRegistryMetadataError.
struct DocumentEntryIsStableRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.documentEntries.compactMap { entry in
            guard entry.object.objectType == DocumentEntryType.onDemand.rawValue else { return nil }
            let subject = ObjectKind.documentEntry.subject(entry.entryUUID)
            return subject.error(
                .metadata, "an on-demand entry is not registered by this transaction", attribute: "objectType")
        }
    }
}
