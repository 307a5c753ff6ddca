/// Takes the messages out of a stream of bytes, and holds no more of them than is allowed.
///
/// A message is 0x0B, its bytes, 0x1C, 0x0D. Neither delimiter occurs in a message of the supported character sets, so
/// a second 0x0B means that the message before it was never ended. The last 0x0D is not waited for: some senders leave
/// it out, and the message is complete without it.
/// - Source: HL7 v2.3.1, appendix C, section C.4 (minimal lower layer protocol).
public struct MLLPFrameStateMachine: Sendable {
    /// What the bytes turned out to be.
    public enum Event: Hashable, Sendable {
        /// A whole message, without its frame.
        case message([UInt8])
        /// A message that never ended, because the next began or nothing more came: as much of it as there was.
        case broken([UInt8])
        /// A message over the limit: its beginning. The rest is passed over, up to the end of the message.
        case oversized([UInt8])
        /// So many bytes outside of any message that this is no MLLP; nothing is read any more.
        case foreign
    }

    /// Valid transitions are written on each case.
    private enum State {
        /// Outside of a message; to `inside` on 0x0B, to `foreign` on too many other bytes.
        case outside
        /// To `outside` on 0x1C, to `passing` beyond the limit, begins again on 0x0B.
        case inside
        /// In a message beyond the limit; to `outside` on 0x1C, to `inside` on 0x0B.
        case passing
        /// The end.
        case foreign
    }

    /// The first byte of a message.
    public static let start: UInt8 = 0x0B
    /// The last two bytes of a message.
    public static let end: [UInt8] = [0x1C, 0x0D]
    /// How much of an oversized message is shown: enough for its MSH segment.
    static let headBytes = 4_096

    private let limit: Int
    private let strayLimit: Int
    private var state = State.outside
    private var message: [UInt8] = []
    private var stray = 0

    /// - Parameters:
    ///   - limit: bytes of one message at most.
    ///   - strayLimit: bytes between two messages at most, white space apart.
    public init(limit: Int, strayLimit: Int = 1_024) {
        self.limit = limit
        self.strayLimit = strayLimit
    }

    /// Whether a message has begun and not ended.
    public var isInsideMessage: Bool {
        switch state {
        case .inside, .passing: true
        case .outside, .foreign: false
        }
    }

    /// Takes the next bytes, however they were split on the wire.
    public mutating func receive(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes { receive(byte, &events) }
        return events
    }

    private mutating func receive(_ byte: UInt8, _ events: inout [Event]) {
        switch (state, byte) {
        case (.foreign, _):
            break
        case (.inside, Self.start):
            events.append(.broken(take()))
        case (_, Self.start):
            begin()
        case (.inside, Self.end[0]):
            events.append(.message(take()))
            state = .outside
        case (.passing, Self.end[0]):
            state = .outside
        case (.inside, _):
            message.append(byte)
            guard message.count > limit else { return }
            events.append(.oversized(Array(take().prefix(Self.headBytes))))
            state = .passing
        case (.passing, _):
            break
        case (.outside, _):
            guard byte != 0x0D, byte != 0x0A, byte != 0x20, byte != 0x09 else { return }
            stray += 1
            guard stray > strayLimit else { return }
            state = .foreign
            events.append(.foreign)
        }
    }

    /// Gives a message up that does not come to its end; nil if there is none, or its beginning was shown before.
    public mutating func abandon() -> Event? {
        guard case .inside = state else {
            if case .passing = state { state = .outside }
            return nil
        }
        state = .outside
        return .broken(take())
    }

    private mutating func begin() {
        state = .inside
        message = []
        stray = 0
    }

    private mutating func take() -> [UInt8] {
        defer { message = [] }
        return message
    }

    /// A message in its frame.
    public static func frame(_ message: [UInt8]) -> [UInt8] { [start] + message + end }
}
