public import FoundationEssentials

/// Judges an update by the rules of its transaction, trigger by trigger. The only maker of ValidatedUpdate.
///
/// All rules run on all triggers, so that one answer tells a sender everything that is wrong. A trigger that is refused
/// is not taken in; those after it are judged as if it were not there.
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.3; RMU supplement, ITI TF-2: 3.92.4.1.3.
public struct UpdateValidator: Sendable {
    private let transaction: UpdateTransaction
    private let valueSets: ValueSetBindings

    /// Makes the validator of a transaction.
    ///
    /// - Parameter valueSets: the codes that the affinity domain allows.
    public init(_ transaction: UpdateTransaction, valueSets: ValueSetBindings = ValueSetBindings()) {
        self.transaction = transaction
        self.valueSets = valueSets
    }

    // MARK: Rules

    /// What an update shares with a registration: structure, attributes, patients, codes and ids. A known uniqueId and
    /// its hash are no matter here: the versions of a DocumentEntry share it.
    private var submissionRules: [any SubmissionRule] {
        let shared: [any SubmissionRule] = [
            SubmissionSetIsUniqueRule(),
            PackageKindIsClearRule(),
            ObjectIdsAreUniqueRule(),
            ComponentsNameTheirObjectRule(),
            SlotNamesAreUniqueRule(),
            ValueLengthsRule(),
            LimitedMetadataIsRefusedRule(),
            SubmissionSetAttributesRule(),
            DocumentEntryAttributesRule(type: nil),
            FolderAttributesRule(),
            AssociationAttributesRule(),
            AssociationDocumentationRule(),
            PatientIsKnownRule(),
            PackageUniqueIdIsUnusedRule(),
            SubmittedUUIDIsNewRule(),
            CodesAreInValueSetsRule(valueSets: valueSets),
        ]
        // ITI-92 has a code of its own for a wrong HasMember.
        return transaction == .updateDocumentSet ? shared + [SubmissionSetStatusRule()] : shared
    }

    /// What every new version has to satisfy.
    private static let versionRules: [any UpdateRule] = [
        LogicalIDNamesAnObjectRule(),
        NewVersionIsAnnotatedRule(),
        PreviousVersionIsLatestRule(),
        OneUpdateOfAnObjectRule(),
        IdentityIsKeptRule(),
        SubmitterMayChangeRule(),
    ]

    private var triggerRules: [any UpdateRule] {
        switch transaction {
        case .updateDocumentSet:
            Self.versionRules + [
                LatestVersionIsApprovedRule(),
                UpdatedPatientMatchesRule(),
                StatusChangeIsLegalRule(),
                SubmittedAssociationIsLegalRule(),
            ]
        case .restrictedUpdateDocumentSet:
            Self.versionRules + [ProtectedAttributesAreKeptRule(), UpdatedPatientMatchesRule()]
        }
    }

    // MARK: Judging

    /// Judges an update and makes it ready for the store.
    ///
    /// - Parameters:
    ///   - state: what the registry knows of the things in UpdateNeeds.
    ///   - now: time of the update; becomes lastUpdateTime of Folders that gain a document.
    ///   - mayChange: whether the caller may change what an organisation submitted.
    ///   - findings: what was found before; it comes first in the list, and an error among it refuses the update.
    ///   - makeUUID: gives symbolic ids and copies of Associations their UUIDs; by default random ones.
    /// - Throws: SubmissionRefusal with every error and warning; warnings alone stand in the result.
    public func validate(
        _ update: UnverifiedUpdate, against state: UpdateState, at now: DTM, mayChange: @escaping (String) -> Bool,
        findings: [RegistryError] = [], makeUUID: @escaping () -> UUID = { .random() }
    ) throws(SubmissionRefusal) -> ValidatedUpdate {
        var errors = submissionRules.flatMap { $0.check(update.submission, against: state.registry) }
        errors += strayErrors(of: update)
        var draft = UpdateDraft(
            update, by: transaction, against: state, mayChange: mayChange, makeUUID: makeUUID)
        for trigger in ordered(update.triggers, draft) {
            let found = check(trigger, against: draft)
            if found.isEmpty { draft.take(trigger) }
            errors += found
        }
        errors += patientConflicts(in: draft)
        var distinct = findings
        var seen = Set(findings)
        for error in errors.map({ $0.found(by: .registry) }) where seen.insert(error).inserted {
            distinct.append(error)
        }
        guard distinct.allSatisfy({ $0.severity == .warning }) else { throw SubmissionRefusal(errors: distinct) }
        var validated = try UpdateWriter(draft, at: now).write()
        validated.warnings = distinct
        return validated
    }

    private func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError] {
        if transaction == .restrictedUpdateDocumentSet {
            let errors = RestrictedUpdateIsOfDocumentEntriesRule().check(trigger, against: draft)
            if !errors.isEmpty { return errors }
        }
        return triggerRules.flatMap { $0.check(trigger, against: draft) }
    }

    /// The order of the table of triggers; those of one kind stay in the order of the message.
    private func ordered(_ triggers: [UpdateTrigger], _ draft: UpdateDraft) -> [UpdateTrigger] {
        let ranked = triggers.map { trigger -> (rank: Int, trigger: UpdateTrigger) in
            switch trigger {
            case .documentEntry: (0, trigger)
            case .status(let change): (draft.object(change.association.target)?.kind == .association ? 3 : 1, trigger)
            case .association: (2, trigger)
            case .folder: (4, trigger)
            }
        }
        return (0...4).flatMap { rank in ranked.filter { $0.rank == rank }.map(\.trigger) }
    }

    /// An update has at least one trigger, and everything in it belongs to one.
    private func strayErrors(of update: UnverifiedUpdate) -> [RegistryError] {
        let code = transaction.operationError
        var errors = update.strays.map {
            ObjectKind.association.error(
                code, of: $0.entryUUID, "it belongs to no DocumentEntry or Folder of the request and to no trigger")
        }
        if update.triggers.isEmpty {
            let set = update.submission.submissionSets.first?.entryUUID ?? .symbolic("")
            errors.append(ObjectKind.submissionSet.error(code, of: set, "the request holds nothing to update"))
        }
        return errors
    }

    /// No Association that the update makes or reactivates joins two patients.
    private func patientConflicts(in draft: UpdateDraft) -> [RegistryError] {
        draft.newlyApproved.compactMap { object in
            guard let association = object.association, draft.isChangeable(association),
                let source = draft.object(association.source), let target = draft.object(association.target),
                let one = source.patientId, let other = target.patientId, one != other
            else { return nil }
            let end = draft.isOfRequest(target) ? target : source
            let id = end.content?.entryUUID ?? .uuid(end.id)
            return end.kind.error(
                .patientIDReconciliation, of: id, "an Association would link it to an object of another patient")
        }
    }
}
