/// ITI-42 updates nothing: no trigger Associations, no Slots PreviousVersion and AssociationPropagation.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.42.4.1.3 and 3.57. Error: XDSRegistryMetadataError.
struct UpdateIsRefusedRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        var errors: [RegistryError] = []
        for association in submission.associations {
            let subject = ObjectKind.association.subject(association.entryUUID)
            if association.type?.isUpdateTrigger == true {
                errors.append(
                    subject.error(
                        .metadata, "this associationType belongs to a metadata update", attribute: "associationType"))
            }
            for name in [SlotName.previousVersion, SlotName.associationPropagation]
            where association.object.slot(name) != nil {
                errors.append(subject.error(.metadata, "Slot \(name) belongs to a metadata update", attribute: name))
            }
        }
        return errors
    }
}
