import NIOCore

/// Limits of a connection that carries HL7 v2.
struct MLLPConfiguration: Sendable {
    /// Bytes of one message at most.
    var messageBytes = 1_048_576
    /// From the first byte of a message to its last.
    var messageTimeout = TimeAmount.seconds(30)
    /// Between two messages. Feeds keep their connections, and are silent at night.
    var idleTimeout = TimeAmount.hours(1)
    /// How long a peer may take no byte of an acknowledgement.
    var writeTimeout = TimeAmount.seconds(30)
}
