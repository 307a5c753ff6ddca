/// An HL7 v2 message in the pipe encoding: segments, the first of which is MSH.
///
/// Segments end with a carriage return; a line feed, alone or behind it, is taken for one too, because many senders
/// write it.
/// - Source: HL7 v2.3.1, chapter 2.
public struct HL7Message: Sendable {
    /// The segments in order; MSH first.
    public let segments: [HL7Segment]
    /// Delimiters of the message.
    public let delimiters: HL7Delimiters
    /// Its character set.
    public let characterSet: HL7CharacterSet

    /// Reads a message.
    ///
    /// - Throws: HL7Problem when it does not begin with an MSH segment, names unusable delimiters or an unsupported
    ///   character set, or has bytes outside of it.
    public init(parsing bytes: some Collection<UInt8>) throws(HL7Problem) {
        let bytes = Self.withoutMark(bytes)
        let head = HL7MessageHead(of: bytes)
        guard let head, let delimiters = head.delimiters else {
            throw HL7Problem(
                .segmentSequence, .init("MSH"),
                head == nil ? "the message does not begin with an MSH segment" : "MSH-1 and MSH-2 name no delimiters")
        }
        guard let characterSet = head.characterSet else {
            throw HL7Problem(
                .tableValueNotFound, .init("MSH", 18),
                "the character set of MSH-18 is not supported; ASCII, 8859/1, 8859/15 and UNICODE UTF-8 are")
        }
        guard let text = characterSet.decode(bytes) else {
            throw HL7Problem(
                .dataType, .init("MSH", 18), "the message has bytes that are not of the character set of MSH-18")
        }
        self.delimiters = delimiters
        self.characterSet = characterSet
        segments = text.split(whereSeparator: \.isSegmentEnd).map { HL7Segment($0, delimiters) }
    }

    /// A UTF-8 byte order mark is no part of the message.
    private static func withoutMark(_ bytes: some Collection<UInt8>) -> ArraySlice<UInt8> {
        let bytes = Array(bytes)
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    }

    /// MSH.
    public var header: HL7Segment { segments[0] }

    /// The first segment of a name.
    public func first(_ name: String) -> HL7Segment? { segments.first { $0.name == name } }

    /// Every segment of a name.
    public func all(_ name: String) -> [HL7Segment] { segments.filter { $0.name == name } }

    /// MSH-9.1, as in `ADT`.
    public var type: String { header.field(9).component(1) }
    /// MSH-9.2, as in `A01`.
    public var event: String { header.field(9).component(2) }
    /// MSH-10: names the message for its sender.
    public var controlID: String { header.field(10).text }
    /// MSH-12.1, as in `2.3.1`.
    public var version: String { header.field(12).component(1) }
    /// MSH-3: namespace of the sending application, or its universal id where only that is given.
    public var sendingApplication: String { Self.name(in: header.field(3)) }

    private static func name(in field: HL7Field) -> String {
        field.component(1).isEmpty ? field.component(2) : field.component(1)
    }
}

extension Character {
    /// Carriage return, line feed, or both.
    fileprivate var isSegmentEnd: Bool { self == "\r" || self == "\n" || self == "\r\n" }
}
