/// An event as it stands in the chain.
public struct RecordedEvent: Sendable, Hashable {
    /// Its number, from 1 without gaps.
    public let sequence: Int64
    /// The event.
    public let event: AuditEvent
    /// The node and the process that wrote it.
    public let source: AuditSource
    /// The hash that links it to the event before.
    public let hash: [UInt8]
    /// The kind as the row has it, where it is ``AuditEventKind/unknown`` here.
    var unknownKind: String? = nil

    /// The kind as the row has it, known or not.
    public var kindName: String { unknownKind ?? event.kind.rawValue }
}

/// Who writes events.
public struct AuditSource: Sendable, Hashable {
    /// AuditSourceID: the name of the node.
    public let node: String
    /// The id of the process.
    public let process: Int32

    /// A source.
    public init(node: String, process: Int32) {
        self.node = node
        self.process = process
    }
}
