/// limitedMetadata is for XDR; a registry does not take it.
///
/// - Source: ITI TF-3: 4.2.3.2.29, Table 4.3.1-3. Error: XDSRegistryMetadataError.
struct LimitedMetadataIsRefusedRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.allObjects.compactMap { object in
            let isLimited = object.object.classifications.contains {
                $0.classificationNode.map(EbRIMVocabulary.Node.limitedMetadata.contains) ?? false
            }
            guard isLimited else { return nil }
            return object.subject.error(.metadata, "limitedMetadata is not allowed", attribute: "limitedMetadata")
        }
    }
}
