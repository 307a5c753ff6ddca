/// `rim:Association` on the wire.
///
/// - Source: ebRIM 3.0, section 3.6; ITI TF-3: 4.2.2.
public struct EbRIMAssociation: Hashable, Sendable {
    /// Id, Slots, documentation Classification and the rest.
    public var object: RegistryObject
    /// `@associationType`.
    public var associationType: String?
    /// `@sourceObject`.
    public var sourceObject: String?
    /// `@targetObject`.
    public var targetObject: String?

    /// Makes an Association.
    public init(object: RegistryObject, associationType: String?, sourceObject: String?, targetObject: String?) {
        self.object = object
        self.associationType = associationType
        self.sourceObject = sourceObject
        self.targetObject = targetObject
    }

    /// The id.
    public var entryUUID: EntryUUID { object.entryUUID }

    /// The type, or nil if it is not one XDS knows.
    public var type: AssociationType? { associationType.flatMap(AssociationType.init(rawValue:)) }

    /// Source end; a missing one is an empty symbol.
    public var source: EntryUUID { EntryUUID(sourceObject ?? "") }

    /// Target end; a missing one is an empty symbol.
    public var target: EntryUUID { EntryUUID(targetObject ?? "") }
}
