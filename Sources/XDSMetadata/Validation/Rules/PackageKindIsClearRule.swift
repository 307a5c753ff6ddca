/// Every RegistryPackage is classified as a SubmissionSet or as a Folder, and every Classification beside the objects
/// names one of them.
///
/// - Source: ITI TF-3: 4.2.1.1 and 4.2.1.3. Error: XDSRegistryMetadataError.
struct PackageKindIsClearRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        var errors: [RegistryError] = []
        for package in submission.objects.packages where package.kind == .unclear {
            let subject = SubmittedObject.package(package).subject
            errors.append(
                subject.error(
                    .metadata, "it is not classified as either a SubmissionSet or a Folder")
            )
        }
        for classification in submission.objects.strayClassifications {
            errors.append(
                ErrorSubject("Classification", classification.object.id ?? "").error(
                    .metadata, "classifiedObject names no object of the submission", attribute: "classifiedObject")
            )
        }
        return errors
    }
}
