/// Why certificates, keys or revocation lists could not be taken in.
///
/// The description names the file and says in plain words what is wrong with it; it never holds content of a key.
public struct TrustError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        private enum Value: Hashable {
            case unreadable, malformed, empty, tooLarge, unsuitable, mismatch, library
        }

        private let value: Value

        /// The file cannot be read.
        public static let unreadable = Code(value: .unreadable)
        /// The bytes are not what they should be.
        public static let malformed = Code(value: .malformed)
        /// The file holds nothing of the kind asked for.
        public static let empty = Code(value: .empty)
        /// A stated limit is exceeded.
        public static let tooLarge = Code(value: .tooLarge)
        /// A sound certificate or list that cannot serve the purpose.
        public static let unsuitable = Code(value: .unsuitable)
        /// A private key that belongs to another certificate.
        public static let mismatch = Code(value: .mismatch)
        /// OpenSSL ran out of memory or failed in a way no input explains.
        public static let library = Code(value: .library)
    }

    /// The kind of failure.
    public let code: Code
    /// The file it is about, when there is one.
    public var file: String?
    /// What is wrong, without a full stop.
    public let reason: String

    init(_ code: Code, _ reason: String, file: String? = nil) {
        self.code = code
        self.reason = reason
        self.file = file
    }

    /// The same error, told about a file.
    func about(file: String) -> TrustError {
        TrustError(code, reason, file: self.file ?? file)
    }

    /// The file and what is wrong with it.
    public var description: String {
        file.map { "\($0): \(reason)" } ?? reason
    }
}
