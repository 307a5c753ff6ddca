/// Why a message is not accepted: a code, the place in the message, and plain words.
///
/// The words hold nothing of the message that could be patient data.
public struct HL7Problem: Error, Hashable, Sendable {
    /// What went wrong, in the words of HL7.
    ///
    /// - Source: HL7 v2.3.1, table 0357 (message error status codes).
    public enum Code: Int, Sendable {
        case segmentSequence = 100
        case requiredFieldMissing = 101
        case dataType = 102
        case tableValueNotFound = 103
        case unsupportedMessageType = 200
        case unsupportedEvent = 201
        case unsupportedProcessingID = 202
        case unsupportedVersion = 203
        case unknownKeyIdentifier = 204
        case duplicateKeyIdentifier = 205
        case internalError = 207

        /// Its name in the table.
        public var text: String {
            switch self {
            case .segmentSequence: "Segment sequence error"
            case .requiredFieldMissing: "Required field missing"
            case .dataType: "Data type error"
            case .tableValueNotFound: "Table value not found"
            case .unsupportedMessageType: "Unsupported message type"
            case .unsupportedEvent: "Unsupported event code"
            case .unsupportedProcessingID: "Unsupported processing id"
            case .unsupportedVersion: "Unsupported version id"
            case .unknownKeyIdentifier: "Unknown key identifier"
            case .duplicateKeyIdentifier: "Duplicate key identifier"
            case .internalError: "Application internal error"
            }
        }
    }

    /// Where in the message: segment, which of that name, field; each counted from 1.
    public struct Location: Hashable, Sendable {
        /// As in `PID`.
        public let segment: String
        /// Which segment of that name.
        public let sequence: Int
        /// Which field; absent where the segment is meant.
        public let field: Int?

        /// A place.
        public init(_ segment: String, _ field: Int? = nil, sequence: Int = 1) {
            self.segment = segment
            self.sequence = sequence
            self.field = field
        }
    }

    /// The code.
    public let code: Code
    /// The place; absent where none is to blame.
    public let location: Location?
    /// One sentence.
    public let text: String

    /// A problem.
    public init(_ code: Code, _ location: Location? = nil, _ text: String) {
        self.code = code
        self.location = location
        self.text = text
    }
}
