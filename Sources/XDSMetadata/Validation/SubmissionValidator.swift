public import FoundationEssentials

/// Judges a submission by the ordered rules of its transaction. The only maker of ValidatedSubmission.
///
/// All rules run, so that one answer tells a sender everything that is wrong.
/// - Source: ITI TF-2: 3.42.4.1.3.
public struct SubmissionValidator: Sendable {
    /// Transactions whose submissions can be judged.
    public enum Transaction: Hashable, Sendable {
        /// ITI-42.
        case registerDocumentSet
        /// The registry's part of ITI-41. Its repository has judged the types of entries, uniqueIds inside the message,
        /// hash and size; the registry says nothing more of them, so that one cause gives one error.
        case provideAndRegisterDocumentSet
        /// ITI-61.
        case registerOnDemandDocumentEntry

        /// The transaction as logs and rights name it.
        public var id: TransactionID {
            switch self {
            case .registerDocumentSet: .registerDocumentSet
            case .provideAndRegisterDocumentSet: .provideAndRegisterDocumentSet
            case .registerOnDemandDocumentEntry: .registerOnDemandDocumentEntry
            }
        }
    }

    private let rules: [any SubmissionRule]

    /// Makes the validator of a transaction.
    /// - Parameter valueSets: the codes that the affinity domain allows.
    public init(_ transaction: Transaction, valueSets: ValueSetBindings = ValueSetBindings()) {
        rules =
            Self.structure + Self.entries(of: transaction) + Self.objects + Self.registry + Self.associations
            + [CodesAreInValueSetsRule(valueSets: valueSets)]
    }

    // MARK: The rules in their order

    private static let structure: [any SubmissionRule] = [
        SubmissionSetIsUniqueRule(),
        PackageKindIsClearRule(),
        ObjectIdsAreUniqueRule(),
        ComponentsNameTheirObjectRule(),
        SlotNamesAreUniqueRule(),
        ValueLengthsRule(),
        LimitedMetadataIsRefusedRule(),
        UpdateIsRefusedRule(),
    ]

    private static func entries(of transaction: Transaction) -> [any SubmissionRule] {
        switch transaction {
        case .registerDocumentSet:
            [
                DocumentEntryIsStableRule(), DocumentEntryAttributesRule(type: .stable),
                UniqueIdsAreUniqueInMessageRule(),
            ]
        case .provideAndRegisterDocumentSet:
            [DocumentEntryAttributesRule(type: .stable, judgedBefore: [SlotName.hash, SlotName.size])]
        case .registerOnDemandDocumentEntry:
            [
                DocumentEntryIsOnDemandRule(), DocumentEntryAttributesRule(type: .onDemand),
                UniqueIdsAreUniqueInMessageRule(), OnDemandUniqueIdIsNotStableRule(),
            ]
        }
    }

    private static let objects: [any SubmissionRule] = [
        SubmissionSetAttributesRule(),
        FolderAttributesRule(),
        AssociationAttributesRule(),
        PatientIdsAreEqualRule(),
    ]

    private static let registry: [any SubmissionRule] = [
        PatientIsKnownRule(),
        PackageUniqueIdIsUnusedRule(),
        DocumentIsIdenticalRule(),
        SubmittedUUIDIsNewRule(),
    ]

    private static let associations: [any SubmissionRule] = [
        ReferencesResolveRule(),
        AssociationEndsRule(),
        SubmissionSetStatusRule(),
        EveryObjectIsMemberRule(),
        AssociationDocumentationRule(),
        TargetIsApprovedRule(),
        DocumentIsReplacedOnceRule(),
        RelatedPatientsMatchRule(),
        TransformationIsNotAppendedToRule(),
    ]

    /// Judges a submission and makes it ready for the store.
    ///
    /// - Parameters:
    ///   - state: what the registry knows of the things in SubmissionNeeds.
    ///   - now: time of registration; becomes lastUpdateTime of Folders.
    ///   - findings: what was found before; it comes first in the list, and an error among it refuses the submission.
    ///   - makeUUID: gives symbolic ids their UUIDs; by default random ones.
    /// - Throws: SubmissionRefusal with every error and warning; warnings alone stand in the result.
    public func validate(
        _ submission: UnverifiedSubmission, against state: RegistryState, at now: DTM,
        findings: [RegistryError] = [], makeUUID: () -> UUID = { .random() }
    ) throws(SubmissionRefusal) -> ValidatedSubmission {
        var errors = findings
        var seen = Set(findings)
        for rule in rules {
            for error in rule.check(submission, against: state).map({ $0.found(by: .registry) })
            where seen.insert(error).inserted { errors.append(error) }
        }
        guard errors.allSatisfy({ $0.severity == .warning }) else { throw SubmissionRefusal(errors: errors) }
        var registration = Registration(of: submission, against: state, at: now)
        var validated = try registration.run(makeUUID: makeUUID)
        validated.warnings = errors
        return validated
    }
}
