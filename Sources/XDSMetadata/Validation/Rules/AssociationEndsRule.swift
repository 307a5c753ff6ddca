/// An Association joins kinds of objects that its type allows.
///
/// HasMember: the SubmissionSet of the submission to a DocumentEntry, a Folder or a Folder membership; a Folder to a
/// DocumentEntry. Relationships: DocumentEntry to another DocumentEntry; IsSnapshotOf: stable to on-demand.
/// - Source: ITI TF-3: 4.2.2.1 and 4.2.2.2. Error: XDSRegistryMetadataError.
struct AssociationEndsRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.associations.compactMap { association in
            guard let type = association.type,
                let source = submission.end(association.source, in: state),
                let target = submission.end(association.target, in: state),
                let reason = selfReference(association) ?? problem(type, source, target)
            else { return nil }
            let subject = ObjectKind.association.subject(association.entryUUID)
            return subject.error(.metadata, reason)
        }
    }

    /// A document is no replacement, addendum, transformation, signature or snapshot of itself.
    private func selfReference(_ association: EbRIMAssociation) -> String? {
        association.type?.isRelationship == true && association.source == association.target
            ? "a document relationship joins two different DocumentEntries" : nil
    }

    private func problem(_ type: AssociationType, _ source: AssociationEnd, _ target: AssociationEnd) -> String? {
        switch type {
        case .hasMember: membershipProblem(source, target)
        case .isSnapshotOf: snapshotProblem(source, target)
        case .replace, .append, .transform, .transformAndReplace, .signs:
            source.kind == .documentEntry && target.kind == .documentEntry
                ? nil : "a document relationship joins two DocumentEntries"
        case .updateAvailabilityStatus, .submitAssociation: nil
        }
    }

    private func membershipProblem(_ source: AssociationEnd, _ target: AssociationEnd) -> String? {
        switch (source.kind, target.kind) {
        case (.submissionSet, .documentEntry), (.submissionSet, .folder):
            source.origin == .submission ? nil : "sourceObject is a SubmissionSet of an earlier submission"
        case (.submissionSet, .association):
            source.origin == .submission && target.isFolderMembership
                ? nil : "a SubmissionSet holds no Associations but HasMember from a Folder to a DocumentEntry"
        case (.folder, .documentEntry): nil
        default: "HasMember cannot join these kinds of objects"
        }
    }

    private func snapshotProblem(_ source: AssociationEnd, _ target: AssociationEnd) -> String? {
        guard source.kind == .documentEntry, target.kind == .documentEntry else {
            return "IsSnapshotOf joins two DocumentEntries"
        }
        return source.documentType == .stable && target.documentType == .onDemand
            ? nil : "IsSnapshotOf goes from a stable to an on-demand DocumentEntry"
    }
}
