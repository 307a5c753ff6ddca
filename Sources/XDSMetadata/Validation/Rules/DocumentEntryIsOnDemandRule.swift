/// ITI-61 registers on-demand DocumentEntries only; stable ones have ITI-41 and ITI-42.
///
/// - Source: ITI TF-2: 3.61.4.1.2. Error: XDSRegistryMetadataError.
struct DocumentEntryIsOnDemandRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.documentEntries.compactMap { entry in
            guard entry.object.objectType == DocumentEntryType.stable.rawValue else { return nil }
            return ObjectKind.documentEntry.subject(entry.entryUUID).error(
                .metadata, "a stable entry is not registered by this transaction", attribute: "objectType")
        }
    }
}
