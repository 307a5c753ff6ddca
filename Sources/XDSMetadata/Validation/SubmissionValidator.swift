public import FoundationEssentials

/// Judges a submission by the ordered rules of its transaction. The only maker of ValidatedSubmission.
///
/// All rules run, so that one answer tells a sender everything that is wrong.
/// - Source: ITI TF-2: 3.42.4.1.3.
public struct SubmissionValidator: Sendable {
    /// Transactions whose submissions can be judged.
    public enum Transaction: Hashable, Sendable {
        /// ITI-42, and the registry's part of ITI-41.
        case registerDocumentSet
    }

    private let rules: [any SubmissionRule]

    /// Makes the validator of a transaction.
    public init(_ transaction: Transaction) {
        switch transaction {
        case .registerDocumentSet: rules = Self.registerDocumentSetRules
        }
    }

    /// The rules of ITI-42: structure, formats, duplicates inside the message, patients, uniqueIds, references.
    private static let registerDocumentSetRules: [any SubmissionRule] = [
        SubmissionSetIsUniqueRule(),
        PackageKindIsClearRule(),
        ObjectIdsAreUniqueRule(),
        ComponentsNameTheirObjectRule(),
        SlotNamesAreUniqueRule(),
        ValueLengthsRule(),
        LimitedMetadataIsRefusedRule(),
        DocumentEntryIsStableRule(),
        UpdateIsRefusedRule(),
        SubmissionSetAttributesRule(),
        DocumentEntryAttributesRule(),
        FolderAttributesRule(),
        AssociationAttributesRule(),
        UniqueIdsAreUniqueInMessageRule(),
        PatientIdsAreEqualRule(),
        PatientIsKnownRule(),
        PackageUniqueIdIsUnusedRule(),
        DocumentIsIdenticalRule(),
        SubmittedUUIDIsNewRule(),
        ReferencesResolveRule(),
        AssociationEndsRule(),
        SubmissionSetStatusRule(),
        EveryObjectIsMemberRule(),
        AssociationDocumentationRule(),
        TargetIsApprovedRule(),
        RelatedPatientsMatchRule(),
        TransformationIsNotAppendedToRule(),
    ]

    /// Judges a submission and makes it ready for the store.
    ///
    /// - Parameters:
    ///   - state: what the registry knows of the things in SubmissionNeeds.
    ///   - now: time of registration; becomes lastUpdateTime of Folders.
    ///   - makeUUID: gives symbolic ids their UUIDs; by default random ones.
    /// - Throws: SubmissionRefusal with every error.
    public func validate(
        _ submission: UnverifiedSubmission, against state: RegistryState, at now: DTM,
        makeUUID: () -> UUID = { UUID() }
    ) throws(SubmissionRefusal) -> ValidatedSubmission {
        var errors: [RegistryError] = []
        for rule in rules {
            for var error in rule.check(submission, against: state) {
                error.location = "XDSRegistry/\(type(of: rule))"
                if !errors.contains(error) { errors.append(error) }
            }
        }
        guard errors.isEmpty else { throw SubmissionRefusal(errors: errors) }
        var registration = Registration(of: submission, against: state, at: now)
        return try registration.run(makeUUID: makeUUID)
    }
}
