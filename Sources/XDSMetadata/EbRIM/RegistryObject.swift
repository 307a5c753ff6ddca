/// What every `rim:RegistryObjectType` has: the part that DocumentEntry, SubmissionSet, Folder, Association,
/// Classification and ExternalIdentifier share on the wire.
///
/// - Source: ebRIM 3.0, section 2.2; order of the elements: `rim.xsd`.
public struct RegistryObject: Hashable, Sendable {
    /// `@status`; ignored on submission, set by the registry.
    public var status: String?
    /// `@id`; nil if absent.
    public var id: String?
    /// `@lid`.
    public var lid: String?
    /// `@objectType`.
    public var objectType: String?
    /// `@home`.
    public var home: String?
    /// Slots in their order.
    public var slots: [Slot] = []
    /// `rim:Name`; nil also for an empty element.
    public var name: InternationalString?
    /// `rim:Description`; nil also for an empty element.
    public var comments: InternationalString?
    /// `rim:VersionInfo`.
    public var versionInfo: VersionInfo?
    /// Classifications in their order.
    public var classifications: [Classification] = []
    /// External identifiers in their order.
    public var externalIdentifiers: [ExternalIdentifier] = []

    /// Makes an object.
    public init(id: String? = nil, objectType: String? = nil) {
        self.id = id
        self.objectType = objectType
    }

    /// The id as the model sees it; a missing one is an empty symbol.
    public var entryUUID: EntryUUID { EntryUUID(id ?? "") }

    /// The first Slot of that name.
    public func slot(_ name: String) -> Slot? { slots.first { $0.name == name } }

    /// Replaces the Slot of that name, or adds one at the end; an unchanged place keeps the order of the sender.
    public mutating func setSlot(_ name: String, _ values: [String]) {
        if let index = slots.firstIndex(where: { $0.name == name }) {
            slots[index].values = values
        } else {
            slots.append(Slot(name: name, values: values))
        }
    }

    /// Classifications under a scheme.
    public func classifications(scheme: String) -> [Classification] {
        classifications.filter { $0.classificationScheme == scheme }
    }

    /// External identifiers under a scheme.
    public func identifiers(scheme: String) -> [ExternalIdentifier] {
        externalIdentifiers.filter { $0.identificationScheme == scheme }
    }

    /// How many values it has: those of Slots, texts, Classifications and ExternalIdentifiers.
    var valueCount: Int {
        slots.reduce(0) { $0 + 1 + $1.values.count }
            + (name?.strings.count ?? 0) + (comments?.strings.count ?? 0)
            + classifications.reduce(0) { $0 + 1 + $1.object.valueCount }
            + externalIdentifiers.reduce(0) { $0 + 1 + $1.object.valueCount }
    }

    /// Whether a Classification puts it on a node: SubmissionSet, Folder, limitedMetadata.
    public func isClassified(node: String) -> Bool {
        classifications.contains { $0.classificationNode == node }
    }
}
