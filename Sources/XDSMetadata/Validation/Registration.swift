import FoundationEssentials
import NIOCore
import XMLKit

/// Turns a submission that passed the rules into what the store keeps: ids resolved, status, logicalID and version
/// set, fragments written. Everything else stays as it was sent.
///
/// - Source: ITI TF-2: 3.42.4.1.3.
struct Registration {
    private let submission: UnverifiedSubmission
    private let effects: ReplacementEffects
    private let now: DTM
    private var uuids: [EntryUUID: UUID] = [:]

    init(of submission: UnverifiedSubmission, against state: RegistryState, at now: DTM) {
        self.submission = submission
        effects = ReplacementEffects(of: submission, against: state)
        self.now = now
    }

    /// Resolves, writes and reads back.
    ///
    /// - Throws: SubmissionRefusal if an attribute cannot be read, which the rules exclude.
    mutating func run(makeUUID: () -> UUID) throws(SubmissionRefusal) -> ValidatedSubmission {
        for object in submission.allObjects where uuids[object.entryUUID] == nil {
            uuids[object.entryUUID] = object.entryUUID.uuid ?? makeUUID()
        }
        let entries = submission.documentEntries.map { registered($0) }
        let folders = submission.folders.map { registered($0, kind: .folder) }
        let sets = submission.submissionSets.map { registered($0, kind: .submissionSet) }
        let associations = submission.associations.map { registered($0) } + inherited(makeUUID: makeUUID)
        return ValidatedSubmission(
            submissionSet: try set(sets),
            documentEntries: try entries.map { (wire) throws(SubmissionRefusal) in
                let entry = try Self.required(DocumentEntry.decode(wire))
                return Registered(entry, fragment: Self.fragment { EbRIMEncoder.write(wire, to: &$0) })
            },
            folders: try folders.map { (wire) throws(SubmissionRefusal) in
                let folder = try Self.required(Folder.decode(wire))
                return Registered(folder, fragment: Self.fragment { EbRIMEncoder.write(wire, to: &$0) })
            },
            associations: try associations.map { (wire) throws(SubmissionRefusal) in
                let association = try Self.required(Association.decode(wire))
                return Registered(association, fragment: Self.fragment { EbRIMEncoder.write(wire, to: &$0) })
            },
            effects: effects, registrationTime: now, deviations: submission.deviations
        )
    }

    private static let noSet = SubmissionRefusal(errors: [RegistryError(.metadata, "there is no SubmissionSet")])

    private func set(_ wires: [RegistryPackage]) throws(SubmissionRefusal) -> Registered<SubmissionSet> {
        guard let wire = wires.first else { throw Self.noSet }
        let set = try Self.required(SubmissionSet.decode(wire))
        return Registered(set, fragment: Self.fragment { EbRIMEncoder.write(wire, to: &$0) })
    }

    static func required<Object>(_ result: (Object?, [RegistryError])) throws(SubmissionRefusal) -> Object {
        guard let object = result.0 else { throw SubmissionRefusal(errors: result.1) }
        return object
    }

    static func fragment(_ write: (inout XMLWriter) -> Void) -> String {
        var writer = XMLWriter(capacity: 4096)
        write(&writer)
        return writer.string
    }

    // MARK: Objects with their final ids

    private func registered(_ entry: ExtrinsicObject) -> ExtrinsicObject {
        var entry = entry
        finish(&entry.object)
        return entry
    }

    private func registered(_ package: RegistryPackage, kind: ObjectKind) -> RegistryPackage {
        var package = package
        if kind == .folder { package.object.setSlot(SlotName.lastUpdateTime, [now.text]) }
        finish(&package.object)
        return package
    }

    private func registered(_ association: EbRIMAssociation) -> EbRIMAssociation {
        var association = association
        association.sourceObject = resolved(association.source)
        association.targetObject = resolved(association.target)
        finish(&association.object)
        return association
    }

    private func resolved(_ id: EntryUUID) -> String { uuids[id]?.urn ?? id.text }

    private func finish(_ object: inout RegistryObject) {
        let uuid = uuids[object.entryUUID] ?? object.entryUUID.uuid
        object.status = AvailabilityStatus.approved.rawValue
        object.versionInfo = VersionInfo(versionName: "1", comment: object.versionInfo?.comment)
        object.lid = uuid?.urn
        if let uuid { Self.identify(&object, uuid) }
    }

    /// Which ids the components of an object get.
    enum ComponentIDs {
        /// The UUID that a component came with; one derived from the object's where it came with none.
        case kept
        /// Derived from the object's: the object is a new version, and its components are new ones too.
        case derived
    }

    /// Gives an object its id, and its components theirs.
    static func identify(_ object: inout RegistryObject, _ uuid: UUID, components: ComponentIDs = .kept) {
        func componentID(_ component: RegistryObject, _ ordinal: Int) -> UUID {
            (components == .kept ? component.entryUUID.uuid : nil) ?? uuid.derived(ordinal)
        }
        object.id = uuid.urn
        var ordinal = 0
        for index in object.classifications.indices {
            let id = componentID(object.classifications[index].object, ordinal)
            identify(&object.classifications[index].object, id, components: components)
            object.classifications[index].classifiedObject = uuid.urn
            ordinal += 1
        }
        for index in object.externalIdentifiers.indices {
            let id = componentID(object.externalIdentifiers[index].object, ordinal)
            identify(&object.externalIdentifiers[index].object, id, components: components)
            object.externalIdentifiers[index].registryObject = uuid.urn
            nameIdentifier(&object.externalIdentifiers[index])
            ordinal += 1
        }
    }

    /// Gives an identifier the fixed name of its scheme where the sender left it out or wrote another.
    private static func nameIdentifier(_ identifier: inout ExternalIdentifier) {
        guard let name = identifier.identificationScheme.flatMap(EbRIMVocabulary.IdentifierName.of(scheme:)),
            identifier.object.name?.text != name
        else { return }
        identifier.object.name = InternationalString(name)
    }

    // MARK: Associations the registry adds

    /// For each Folder of a replaced document: the new document becomes a member, and the membership a member of the
    /// SubmissionSet.
    private mutating func inherited(makeUUID: () -> UUID) -> [EbRIMAssociation] {
        guard let set = submission.submissionSets.first else { return [] }
        var result: [EbRIMAssociation] = []
        for membership in effects.inherited {
            let inFolder = hasMember(from: membership.folder.urn, to: membership.document.text, id: makeUUID())
            let inSet = hasMember(from: set.entryUUID.text, to: inFolder.object.id, id: makeUUID())
            result += [inFolder, inSet]
        }
        return result
    }

    private mutating func hasMember(from source: String, to target: String?, id: UUID) -> EbRIMAssociation {
        uuids[.uuid(id)] = id
        return registered(
            EbRIMAssociation(
                object: RegistryObject(id: id.urn, objectType: EbRIMVocabulary.ObjectType.association),
                associationType: AssociationType.hasMember.rawValue, sourceObject: source, targetObject: target
            )
        )
    }
}
