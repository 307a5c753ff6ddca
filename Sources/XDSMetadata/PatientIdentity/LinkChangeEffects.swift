public import FoundationEssentials
import NIOCore
import XMLKit

/// What a link change does to the registered DocumentEntries of its local id: each gets a new version under the new
/// XAD-PID, members of one new SubmissionSet.
///
/// A new version keeps the availabilityStatus of the one before, so that what was replaced stays replaced.
/// Relationships between two entries that both move get a copy between the new versions. A Folder does not move: the
/// entries leave it, because all in it is about one patient. Associations that do not hold any more become Deprecated.
/// - Source: ITI TF-2: 3.64.4.1.3; versions and propagation as ITI-57 has them.
public struct LinkChangeEffects: Sendable {
    /// The latest version of a DocumentEntry as it is stored.
    public struct StoredEntry: Sendable {
        /// entryUUID.
        public let entryUUID: UUID
        /// version.
        public let version: Int
        /// Its ebRIM.
        public let fragment: String

        /// Describes an entry.
        public init(entryUUID: UUID, version: Int, fragment: String) {
            self.entryUUID = entryUUID
            self.version = version
            self.fragment = fragment
        }
    }

    /// A new version of a DocumentEntry.
    public struct Version: Sendable {
        /// entryUUID of the version before it.
        public let previous: UUID
        /// Its own entryUUID.
        public let entryUUID: UUID
        /// Its ebRIM.
        public let fragment: String
    }

    /// The SubmissionSet that holds the new versions.
    public let submissionSet: Registered<SubmissionSet>
    /// The new versions.
    public let versions: [Version]
    /// Memberships of the SubmissionSet, then copies of relationships.
    public let associations: [Registered<Association>]
    /// Associations of the entries that do not hold any more.
    public let deprecatedAssociations: [UUID]

    /// Works out the effects; nil if no entry is of the local id.
    /// - Parameters:
    ///   - entries: latest versions of the entries of the previous patient.
    ///   - associations: fragments of Approved Associations of these entries, those of SubmissionSets left out.
    ///   - now: submissionTime.
    /// - Throws: MessageDecodingError or XMLError for a fragment that cannot be read.
    public init?(
        of change: LinkChange, on entries: [StoredEntry], associations: [String], at now: DTM,
        makeUUID: () -> UUID = { .random() }
    ) throws {
        var decoder = EbRIMDecoder()
        var moved: [(stored: StoredEntry, wire: ExtrinsicObject)] = []
        for entry in entries {
            let wire = decoder.extrinsicObject(try Self.element(entry.fragment))
            if change.concerns(wire) { moved.append((entry, wire)) }
        }
        guard !moved.isEmpty else { return nil }
        let setID = makeUUID()
        var ids: [String: UUID] = [:]
        versions = moved.map { stored, wire in
            let id = makeUUID()
            ids[stored.entryUUID.urn] = id
            return Version(
                previous: stored.entryUUID, entryUUID: id, fragment: Self.fragment(of: wire, as: id, stored, change))
        }
        submissionSet = try Self.submissionSet(setID, change, at: now)
        var registered = try moved.map { stored, _ in
            try Self.membership(of: ids[stored.entryUUID.urn], version: stored.version, in: setID, id: makeUUID())
        }
        var deprecated: [UUID] = []
        for fragment in associations {
            let wire = decoder.association(try Self.element(fragment))
            guard let id = wire.entryUUID.uuid else { continue }
            let source = wire.sourceObject.flatMap { ids[$0] }
            let target = wire.targetObject.flatMap { ids[$0] }
            if source != nil || target != nil { deprecated.append(id) }
            guard let source, let target else { continue }
            registered.append(try Self.copy(of: wire, from: source, to: target, id: makeUUID()))
        }
        self.associations = registered
        deprecatedAssociations = deprecated
    }

    private static func element(_ fragment: String) throws -> XMLElement {
        let document = try XMLDocument(parsing: "<f xmlns:rim=\"\(XDSNamespace.rim)\">\(fragment)</f>")
        var children = document.root.children
        guard let element = children.next() else {
            throw MessageDecodingError("a stored fragment is empty", at: document.root)
        }
        return element
    }

    private static func written(_ write: (inout XMLWriter) -> Void) -> String {
        var writer = XMLWriter(capacity: 4096)
        write(&writer)
        return writer.string
    }

    // MARK: Objects

    private static func fragment(
        of entry: ExtrinsicObject, as id: UUID, _ stored: StoredEntry, _ change: LinkChange
    ) -> String {
        var entry = entry
        Registration.identify(&entry.object, id, components: .derived)
        entry.object.versionInfo = VersionInfo(versionName: String(stored.version + 1))
        let scheme = EbRIMVocabulary.Scheme.documentEntryPatientId
        for index in entry.object.externalIdentifiers.indices
        where entry.object.externalIdentifiers[index].identificationScheme == scheme {
            entry.object.externalIdentifiers[index].value = change.new.cx
        }
        return written { EbRIMEncoder.write(entry, to: &$0) }
    }

    private static func submissionSet(
        _ id: UUID, _ change: LinkChange, at now: DTM
    ) throws -> Registered<SubmissionSet> {
        typealias Scheme = EbRIMVocabulary.Scheme
        var object = RegistryObject(objectType: EbRIMVocabulary.ObjectType.registryPackage)
        object.status = AvailabilityStatus.approved.rawValue
        object.lid = id.urn
        object.versionInfo = VersionInfo(versionName: "1")
        object.setSlot(SlotName.submissionTime, [now.text])
        var code = Classification(
            object: RegistryObject(objectType: EbRIMVocabulary.ObjectType.classification),
            classificationScheme: Scheme.contentTypeCode,
            nodeRepresentation: TransactionID.notifyXADPIDLinkChange.rawValue)
        code.object.setSlot(SlotName.codingScheme, ["IHE Transactions"])
        code.object.name = InternationalString("Notify XAD-PID Link Change")
        let node = Classification(
            object: RegistryObject(objectType: EbRIMVocabulary.ObjectType.classification),
            classificationNode: EbRIMVocabulary.Node.submissionSet)
        object.classifications = [node, code]
        object.externalIdentifiers = [
            identifier(change.new.cx, Scheme.submissionSetPatientId),
            identifier(id.oidText, Scheme.submissionSetUniqueId),
            identifier(change.sourceId.text, Scheme.submissionSetSourceId),
        ]
        Registration.identify(&object, id, components: .derived)
        let wire = RegistryPackage(object: object)
        let (set, errors) = SubmissionSet.decode(wire)
        guard let set else { throw SubmissionRefusal(errors: errors) }
        return Registered(set, fragment: written { EbRIMEncoder.write(wire, to: &$0) })
    }

    private static func identifier(_ value: String, _ scheme: String) -> ExternalIdentifier {
        ExternalIdentifier(
            object: RegistryObject(objectType: EbRIMVocabulary.ObjectType.externalIdentifier),
            identificationScheme: scheme, value: value)
    }

    private static func membership(
        of entry: UUID?, version: Int, in set: UUID, id: UUID
    ) throws -> Registered<Association> {
        var object = RegistryObject(objectType: EbRIMVocabulary.ObjectType.association)
        object.setSlot(SlotName.submissionSetStatus, [SubmissionSetStatus.original.rawValue])
        object.setSlot(SlotName.previousVersion, [String(version)])
        let wire = EbRIMAssociation(
            object: object, associationType: AssociationType.hasMember.rawValue, sourceObject: set.urn,
            targetObject: entry?.urn)
        return try association(wire, id: id)
    }

    private static func copy(
        of association: EbRIMAssociation, from source: UUID, to target: UUID, id: UUID
    ) throws -> Registered<Association> {
        var wire = association
        wire.sourceObject = source.urn
        wire.targetObject = target.urn
        return try self.association(wire, id: id)
    }

    private static func association(_ wire: EbRIMAssociation, id: UUID) throws -> Registered<Association> {
        var wire = wire
        wire.object.status = AvailabilityStatus.approved.rawValue
        wire.object.lid = id.urn
        wire.object.versionInfo = VersionInfo(versionName: "1")
        Registration.identify(&wire.object, id, components: .derived)
        let (association, errors) = Association.decode(wire)
        guard let association else { throw SubmissionRefusal(errors: errors) }
        return Registered(association, fragment: written { EbRIMEncoder.write(wire, to: &$0) })
    }
}

extension LinkChange {
    /// Whether an entry is of the local id, or of the one that was merged into it.
    fileprivate func concerns(_ entry: ExtrinsicObject) -> Bool {
        let id = entry.object.slot(SlotName.sourcePatientId)?.values.first
        return id == localID.cx || (subsumedLocalID != nil && id == subsumedLocalID?.cx)
    }
}

extension UUID {
    /// The text of the OID that stands for a UUID: 2.25 and the UUID as one number.
    ///
    /// - Source: ITU-T X.667, section 7.
    fileprivate var oidText: String {
        let number = withUnsafeBytes(of: uuid) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
        return "2.25.\(number)"
    }
}
