public import FoundationEssentials
public import NIOCore

/// A syslog message that carries an AuditMessage.
///
/// - Source: RFC 5424, section 6; RFC 5425, section 4.3; ITI TF-2: 3.20.4.1: facility 10, severity 5, MSGID `IHE+RFC-3881`, no
///   structured data, no byte order mark.
public struct SyslogMessage: Sendable {
    /// Who sends.
    public struct Origin: Sendable {
        /// HOSTNAME.
        public let hostName: String
        /// APP-NAME.
        public let application: String
        /// PROCID.
        public let process: String

        /// An origin; characters that the header cannot carry become `_`, and nothing becomes `-`.
        public init(hostName: String, application: String, process: String) {
            self.hostName = Self.field(hostName, limit: 255)
            self.application = Self.field(application, limit: 48)
            self.process = Self.field(process, limit: 128)
        }

        /// Printable ASCII without spaces.
        private static func field(_ text: String, limit: Int) -> String {
            let kept = text.utf8.prefix(limit).map { (33...126).contains($0) ? $0 : UInt8(ascii: "_") }
            return kept.isEmpty ? "-" : String(decoding: kept, as: UTF8.self)
        }
    }

    private let header: String
    private let content: ByteBuffer

    /// A message about an event at `time`.
    public init(_ message: AuditMessage, at time: Date, from origin: Origin) {
        header =
            "<85>1 \(AuditTime.text(time)) \(origin.hostName) \(origin.application) \(origin.process) IHE+RFC-3881 - "
        content = message.encoded()
    }

    /// Appends the frame: the length in octets, a space, the message.
    public func write(to buffer: inout ByteBuffer) {
        buffer.writeString("\(header.utf8.count + content.readableBytes) ")
        buffer.writeString(header)
        buffer.writeImmutableBuffer(content)
    }
}
