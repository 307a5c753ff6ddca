/// A patient id as a feed gives it: PID-3 and MRG-1 of HL7 v2 (CX), `id` of HL7 v3 (II). Nothing is judged yet.
///
/// Its descriptions never show the id.
public struct FeedIdentifier: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// CX.1, or `@extension`; without HL7 v2 escapes.
    public let id: String
    /// CX.4.1, or `@assigningAuthorityName`.
    public let namespace: String
    /// CX.4.2, or `@root`.
    public let universalID: String
    /// CX.4.3; `ISO` for an OID.
    public let universalIDType: String

    /// Makes an identifier.
    public init(id: String, namespace: String = "", universalID: String = "", universalIDType: String = "") {
        self.id = TextFormat.trimmed(id)
        self.namespace = TextFormat.trimmed(namespace)
        self.universalID = TextFormat.trimmed(universalID)
        self.universalIDType = TextFormat.trimmed(universalIDType)
    }

    /// Who gave the id, for messages: the universal id, or else the namespace.
    public var authorityText: String {
        if !universalID.isEmpty { return universalID }
        return namespace.isEmpty ? "none" : "namespace \(namespace)"
    }

    /// A fixed word: never the id.
    public var description: String { "(patient id)" }

    /// Without children: `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
