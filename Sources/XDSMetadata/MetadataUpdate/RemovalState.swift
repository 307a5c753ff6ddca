public import FoundationEssentials

/// What the registry knows of the objects of a removal, read under locks inside the transaction that removes them.
public struct RemovalState: Sendable {
    /// The listed objects that exist, and the ends of listed Associations, by id.
    public var objects: [UUID: KnownObject] = [:]
    /// Every Association, of any status, that is listed or touches one of `objects`.
    public var associations: [UUID: Ends] = [:]

    /// Makes the state of an empty registry.
    public init() {}

    /// A registered object.
    public struct KnownObject: Hashable, Sendable {
        /// What it is.
        public let kind: ObjectKind
        /// The organisation that submitted it; nil if that is not known.
        public let submitter: String?

        /// Makes an object.
        public init(kind: ObjectKind, submitter: String?) {
            self.kind = kind
            self.submitter = submitter
        }
    }

    /// What an Association joins.
    public struct Ends: Hashable, Sendable {
        /// sourceObject.
        public let source: UUID
        /// targetObject.
        public let target: UUID

        /// Makes the ends of an Association.
        public init(source: UUID, target: UUID) {
            self.source = source
            self.target = target
        }
    }
}
