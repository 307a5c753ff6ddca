/// `@classifiedObject` and `@registryObject` name the object the element stands in.
///
/// - Source: ITI TF-3: 4.2.3.1.2 and 4.2.3.1.3. Error: XDSRegistryMetadataError.
struct ComponentsNameTheirObjectRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        var errors: [RegistryError] = []
        for object in submission.allObjects {
            let id = object.object.id
            if object.object.classifications.contains(where: { $0.classifiedObject != id }) {
                errors.append(
                    object.subject.error(
                        .metadata, "classifiedObject of a Classification names another object",
                        attribute: "classifiedObject"
                    )
                )
            }
            if object.object.externalIdentifiers.contains(where: { $0.registryObject != id }) {
                errors.append(
                    object.subject.error(
                        .metadata, "registryObject of an ExternalIdentifier names another object",
                        attribute: "registryObject"
                    )
                )
            }
        }
        return errors
    }
}
