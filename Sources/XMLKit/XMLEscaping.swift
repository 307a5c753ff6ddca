/// Where a value is written, which decides what must be escaped.
enum XMLEscaping {
    /// Between tags.
    case text
    /// Between double quotation marks.
    case attribute

    /// What stands for a byte, or `nil` when the byte is written as it is.
    ///
    /// A carriage return is a character reference everywhere, and tab and line feed in attributes, because a parser
    /// would change them otherwise. Control characters that XML 1.0 cannot carry become U+FFFD.
    /// - Source: XML 1.0, sections 2.2, 2.11 and 3.3.3
    func replacement(for byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): self == .attribute ? "&quot;" : nil
        case 0x0D: "&#13;"
        case 0x0A: self == .attribute ? "&#10;" : nil
        case 0x09: self == .attribute ? "&#9;" : nil
        case 0x00..<0x20: "\u{FFFD}"
        default: nil
        }
    }

    /// The bytes below 64 that ``replacement(for:)`` may exchange, a bit each.
    private static let exchanged: UInt64 = 0xFFFF_FFFF | 1 << 0x22 | 1 << 0x26 | 1 << 0x3C | 1 << 0x3E

    /// Gives UTF-8 in pieces, escaped.
    @inline(__always)
    func pieces(of bytes: UnsafeBufferPointer<UInt8>, _ write: (UnsafeBufferPointer<UInt8>) -> Void) {
        var written = 0
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            // Letters, digits and most punctuation: nothing to look up.
            if byte < 64 ? Self.exchanged >> UInt64(byte) & 1 == 0 : byte < 0xEF {
                position += 1
                continue
            }
            let (exchange, length): (StaticString?, Int) =
                byte == 0xEF && Self.isNoncharacter(bytes, at: position)
                ? ("\u{FFFD}", 3) : (replacement(for: byte), 1)
            guard let exchange else {
                position += 1
                continue
            }
            write(UnsafeBufferPointer(rebasing: bytes[written..<position]))
            write(UnsafeBufferPointer(start: exchange.utf8Start, count: exchange.utf8CodeUnitCount))
            position += length
            written = position
        }
        write(UnsafeBufferPointer(rebasing: bytes[written...]))
    }

    /// U+FFFE and U+FFFF, the only characters above the controls that XML 1.0 excludes (a string has no surrogates).
    private static func isNoncharacter(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        position + 2 < bytes.count && bytes[position + 1] == 0xBF && bytes[position + 2] >= 0xBE
    }
}
