/// A DocumentEntry has every required attribute, and each attribute its format; service times are in order.
///
/// - Source: ITI TF-3: 4.2.3.2, Table 4.2.3.2-1 and Table 4.3.1-3. Error: XDSRegistryMetadataError.
struct DocumentEntryAttributesRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.documentEntries.flatMap { DocumentEntry.decode($0).errors }
    }
}
