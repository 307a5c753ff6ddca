public import FoundationEssentials

/// The id of a registry object: a UUID, or a symbol that has a meaning only inside its own submission.
///
/// - Source: ITI TF-3: 4.2.3.2.7.
public enum EntryUUID: Hashable, Sendable {
    /// `urn:uuid:` and an RFC 4122 UUID; printed in lower case.
    case uuid(UUID)
    /// Any other text. The registry gives the object a UUID of its own.
    case symbolic(String)

    /// Reads an id or a reference. Upper case is accepted; a text that only pretends to be a UUID URN stays symbolic
    /// and is told by `isMalformed`.
    public init(_ text: String) {
        if let uuid = Self.uuid(in: text) { self = .uuid(uuid) } else { self = .symbolic(text) }
    }

    /// Reads the URN form only.
    ///
    /// - Throws: FormatProblem for everything else.
    public static func parse(_ text: String) throws(FormatProblem) -> UUID {
        guard let uuid = uuid(in: text) else { throw FormatProblem("is not a UUID in URN form") }
        return uuid
    }

    /// The UUID, or nil for a symbol.
    public var uuid: UUID? {
        switch self {
        case .uuid(let uuid): uuid
        case .symbolic: nil
        }
    }

    /// Whether it starts like a UUID URN and is none.
    public var isMalformed: Bool {
        switch self {
        case .uuid: false
        case .symbolic(let text): text.hasPrefix(EbRIMVocabulary.uuidPrefix)
        }
    }

    /// Wire form.
    public var text: String {
        switch self {
        case .uuid(let uuid): uuid.urn
        case .symbolic(let text): text
        }
    }

    private static func uuid(in text: String) -> UUID? {
        let prefix = EbRIMVocabulary.uuidPrefix.utf8
        guard text.utf8.count == prefix.count + 36 else { return nil }
        var text = text
        return text.withUTF8 { bytes in
            bytes.starts(with: prefix) ? UUID(digits: bytes[prefix.count...]) : nil
        }
    }
}

extension UUID {
    /// Reads 8-4-4-4-12 hexadecimal digits of either case; nil for anything else. A submission has a hundred of them, and
    /// Foundation goes by a format string.
    fileprivate init?(digits: Slice<UnsafeBufferPointer<UInt8>>) {
        var (high, low): (UInt64, UInt64) = (0, 0)
        var position = 0
        for byte in digits {
            switch position {
            case 8, 13, 18, 23:
                guard byte == UInt8(ascii: "-") else { return nil }
            default:
                guard let value = TextFormat.hexValue(byte) else { return nil }
                if position < 18 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
            }
            position += 1
        }
        guard position == 36 else { return nil }
        self.init(high: high, low: low)
    }
}

extension UUID {
    /// A random (version 4) UUID. Foundation's own opens and closes a device of the system for each.
    public static func random() -> UUID {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return UUID(high: high, low: low)
    }

    /// A UUID by its two halves, as they are written.
    fileprivate init(high: UInt64, low: UInt64) {
        self = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// `urn:uuid:` and the UUID in lower case, the only form XDS writes.
    public var urn: String {
        let prefix = EbRIMVocabulary.uuidPrefix.utf8
        let digits: StaticString = "0123456789abcdef"
        // Written digit by digit: an ObjectRef answer is made of these.
        return String(unsafeUninitializedCapacity: prefix.count + 36) { target in
            var position = target.initialize(fromContentsOf: prefix)
            func append(_ byte: UInt8) {
                target[position] = byte
                position += 1
            }
            withUnsafeBytes(of: uuid) { bytes in
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 { append(UInt8(ascii: "-")) }
                    append(digits.utf8Start[Int(byte >> 4)])
                    append(digits.utf8Start[Int(byte & 15)])
                }
            }
            return position
        }
    }

    /// A UUID (version 8) made of this one and an ordinal: the same input gives the same result, so that writing an
    /// object twice gives the same bytes.
    func derived(_ ordinal: Int) -> UUID {
        let words = withUnsafeBytes(of: uuid) {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        let high = Self.mix(words.0 ^ Self.mix(UInt64(bitPattern: Int64(ordinal)) &+ 1))
        let low = Self.mix(words.1 &+ high)
        var bytes = uuid
        withUnsafeMutableBytes(of: &bytes) {
            $0.storeBytes(of: high, as: UInt64.self)
            $0.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
        }
        bytes.6 = (bytes.6 & 0x0F) | 0x80
        bytes.8 = (bytes.8 & 0x3F) | 0x80
        return UUID(uuid: bytes)
    }

    /// Finaliser of SplitMix64: spreads every bit of the input over the output.
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
