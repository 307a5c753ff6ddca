/// Small tests on text that several data types share; on UTF-8 bytes, without regular expressions.
enum TextFormat {
    /// The text without white space of XML around it.
    static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, isSpace(first) || isSpace(last) else { return text }
        return String(trimmed(Substring(text)))
    }

    /// The slice without white space of XML around it.
    static func trimmed(_ text: Substring) -> Substring {
        let bytes = text.utf8
        guard let start = bytes.firstIndex(where: { !isSpace($0) }),
            let end = bytes.lastIndex(where: { !isSpace($0) })
        else { return Substring() }
        return text[start...end]
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

    static func isPrintableASCII(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    /// Value of one hexadecimal digit.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// The parts between separators, empty ones kept.
    static func split(_ text: Substring, at separator: Unicode.Scalar) -> [Substring] {
        let byte = UInt8(ascii: separator)
        let found = text.utf8.withContiguousStorageIfAvailable { bytes in bytes.indices.filter { bytes[$0] == byte } }
        guard let found else {
            return text.utf8.split(separator: byte, omittingEmptySubsequences: false).map { Substring($0) }
        }
        // By places in the bytes, not from character to character: every coded value and every id is split.
        var parts: [Substring] = []
        parts.reserveCapacity(found.count + 1)
        var start = text.startIndex
        for place in found {
            let end = text.utf8.index(text.startIndex, offsetBy: place)
            parts.append(text[start..<end])
            start = text.utf8.index(after: end)
        }
        parts.append(text[start...])
        return parts
    }

    /// The parts between separators, empty ones kept.
    static func split(_ text: String, at separator: Unicode.Scalar) -> [Substring] {
        split(Substring(text), at: separator)
    }
}
