/// A Folder has every required attribute, and each attribute its format.
///
/// - Source: ITI TF-3: 4.2.3.4, Table 4.2.3.4-1. Error: XDSRegistryMetadataError.
struct FolderAttributesRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.folders.flatMap { Folder.decode($0).errors }
    }
}
