import FoundationEssentials

/// One thing that an update asks for, as it arrived.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1.2.
enum UpdateTrigger: Hashable, Sendable {
    /// Update DocumentEntry: a new version of one.
    case documentEntry(VersionUpdate)
    /// Update availabilityStatus of a DocumentEntry, or status of an Association; which of them tells the target.
    case status(StatusChange)
    /// Submit Association.
    case association(AssociationSubmission)
    /// Update Folder: a new version of one.
    case folder(VersionUpdate)

    /// The new version, if the trigger is one.
    var versionUpdate: VersionUpdate? {
        switch self {
        case .documentEntry(let update), .folder(let update): update
        case .status, .association: nil
        }
    }
}

/// A new version of a DocumentEntry or Folder.
struct VersionUpdate: Hashable, Sendable {
    /// What it is a version of.
    let kind: ObjectKind
    /// The new version.
    let object: SubmittedObject
    /// The HasMember from the SubmissionSet with its annotations; nil if there is none.
    let membership: EbRIMAssociation?

    /// The id it came with.
    var id: EntryUUID { object.entryUUID }

    /// logicalID as it arrived.
    var logicalID: EntryUUID? { object.object.lid.map { EntryUUID($0) } }

    /// Values of the Slot PreviousVersion; empty if there is none.
    var previousVersionValues: [String] { membership?.object.slot(SlotName.previousVersion)?.values ?? [] }

    /// The version it replaces; nil unless there is exactly one, a positive integer.
    var previousVersion: Int? {
        let values = previousVersionValues
        guard values.count == 1, values[0].utf8.allSatisfy(TextFormat.isDigit) else { return nil }
        return Int(values[0]).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Values of the Slot AssociationPropagation; nil if there is none.
    var propagationValues: [String]? { membership?.object.slot(SlotName.associationPropagation)?.values }

    /// Whether Associations follow the new version; they do unless the sender says `no`.
    var propagates: Bool { propagationValues != ["no"] }

    /// An error about the new version.
    func error(_ code: RegistryErrorCode, _ reason: String, attribute: String? = nil) -> RegistryError {
        kind.error(code, of: id, reason, attribute: attribute)
    }
}

/// The trigger UpdateAvailabilityStatus.
struct StatusChange: Hashable, Sendable {
    /// The trigger.
    let association: EbRIMAssociation

    /// The only value of the Slot OriginalStatus or NewStatus; nil if it is none of the two statuses.
    func status(_ slot: String) -> AvailabilityStatus? {
        guard let values = association.object.slot(slot)?.values, values.count == 1 else { return nil }
        return AvailabilityStatus(rawValue: values[0])
    }

    /// An error about the trigger.
    func error(_ code: RegistryErrorCode, _ reason: String, attribute: String? = nil) -> RegistryError {
        ObjectKind.association.error(code, of: association.entryUUID, reason, attribute: attribute)
    }
}

/// The trigger SubmitAssociation with the Association it submits.
struct AssociationSubmission: Hashable, Sendable {
    /// The trigger.
    let trigger: EbRIMAssociation
    /// What its target names, if that is an Association of the request.
    let association: EbRIMAssociation?

    /// An error about the submitted Association, or about the trigger if there is none.
    func error(_ code: RegistryErrorCode, _ reason: String, attribute: String? = nil) -> RegistryError {
        let id = association?.entryUUID ?? trigger.entryUUID
        return ObjectKind.association.error(code, of: id, reason, attribute: attribute)
    }
}

extension ObjectKind {
    /// An error of an update about an object: its context has the id, as the supplements demand.
    func error(
        _ code: RegistryErrorCode, of id: EntryUUID, _ reason: String, attribute: String? = nil
    ) -> RegistryError {
        subject(id).error(code, reason, attribute: attribute)
    }
}
