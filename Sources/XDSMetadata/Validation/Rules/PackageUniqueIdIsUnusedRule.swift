/// The uniqueId of a SubmissionSet or Folder is used by no object of the registry.
///
/// - Source: ITI TF-3: 4.2.3.3.12 and 4.2.4.1. Error: XDSDuplicateUniqueIdInRegistry with kind and id.
struct PackageUniqueIdIsUnusedRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.objects.packages.compactMap { package in
            let object = SubmittedObject.package(package)
            guard let id = object.uniqueId, let user = state.usedUniqueIds[id] else { return nil }
            return object.subject.error(
                .duplicateUniqueIdInRegistry, "uniqueId \(id) is used by a registered \(user.rawValue)",
                attribute: "uniqueId"
            )
        }
    }
}
