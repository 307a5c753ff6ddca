/// associationType of an Association.
///
/// - Source: ITI TF-3: 4.2.2.
public enum AssociationType: String, Hashable, Sendable, CaseIterable {
    /// Membership in a SubmissionSet or Folder.
    case hasMember = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
    /// The source replaces the target.
    case replace = "urn:ihe:iti:2007:AssociationType:RPLC"
    /// The source is an addendum to the target.
    case append = "urn:ihe:iti:2007:AssociationType:APND"
    /// The source is a transformation of the target.
    case transform = "urn:ihe:iti:2007:AssociationType:XFRM"
    /// The source is a transformation of the target and replaces it.
    case transformAndReplace = "urn:ihe:iti:2007:AssociationType:XFRM_RPLC"
    /// The source is a signature over the target.
    case signs = "urn:ihe:iti:2007:AssociationType:signs"
    /// The source is a stable copy of the on-demand target.
    case isSnapshotOf = "urn:ihe:iti:2010:AssociationType:IsSnapshotOf"
    /// Trigger of ITI-57: change the status of the target.
    case updateAvailabilityStatus = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
    /// Trigger of ITI-57: register the Association that is the target.
    case submitAssociation = "urn:ihe:iti:2010:AssociationType:SubmitAssociation"

    /// Whether it relates two documents.
    public var isRelationship: Bool {
        switch self {
        case .replace, .append, .transform, .transformAndReplace, .signs, .isSnapshotOf: true
        case .hasMember, .updateAvailabilityStatus, .submitAssociation: false
        }
    }

    /// Whether registering it deprecates its target.
    public var replacesTarget: Bool { self == .replace || self == .transformAndReplace }

    /// Whether its target has to be in the registry already; for the others it may be in the submission.
    public var demandsRegisteredTarget: Bool { replacesTarget || self == .isSnapshotOf }

    /// Whether it means something only in ITI-57.
    public var isUpdateTrigger: Bool { self == .updateAvailabilityStatus || self == .submitAssociation }
}
