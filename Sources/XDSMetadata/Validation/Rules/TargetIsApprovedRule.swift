/// Relationships point to Approved DocumentEntries; a Folder membership joins an Approved Folder and an Approved
/// DocumentEntry.
///
/// - Source: ITI TF-3: 4.2.2; ITI TF-2: 3.42.4.1.3. Errors: XDSRegistryDeprecatedDocumentError for a DocumentEntry,
///   XDSRegistryMetadataError for a Folder.
struct TargetIsApprovedRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.flatMap { association -> [RegistryError] in
            let isMembership = submission.isFolderMembership(association, in: state)
            guard association.type?.isRelationship == true || isMembership else { return [] }
            let subject = ObjectKind.association.subject(association.entryUUID)
            var errors: [RegistryError] = []
            if let target = submission.end(association.target, in: state), target.kind == .documentEntry,
                target.status == .deprecated
            {
                errors.append(
                    subject.error(
                        .deprecatedDocument, "targetObject \(association.target.text) is deprecated",
                        attribute: "targetObject"))
            }
            if isMembership, submission.end(association.source, in: state)?.status == .deprecated {
                errors.append(subject.error(.metadata, "the Folder is deprecated", attribute: "sourceObject"))
            }
            return errors
        }
    }
}
