/// Reads the pieces of a `Content-Type` value.
struct MediaTypeScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Bytes of a token: printable ASCII without space and tspecials.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F...: false
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
            UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
            false
        default: true
        }
    }

    /// Takes one byte if it is next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// The text up to one of the stops or the end, without white space around it; `nil` when white space is inside.
    mutating func token(until stops: [UInt8]) -> String? {
        let start = position
        while position < bytes.count, !stops.contains(bytes[position]) { position += 1 }
        let text = Self.trimmed(bytes[start..<position])
        guard !text.contains(where: Self.isWhiteSpace) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// All parameters up to the end; `nil` when one is malformed. Empty ones (`;;`, a `;` at the end) are skipped.
    mutating func parameters() -> [MediaType.Parameter]? {
        var found: [MediaType.Parameter] = []
        while take(UInt8(ascii: ";")) {
            skipWhiteSpace()
            if position == bytes.count || bytes[position] == UInt8(ascii: ";") { continue }
            guard let name = token(until: [UInt8(ascii: "="), UInt8(ascii: ";")]), !name.isEmpty,
                take(UInt8(ascii: "="))
            else { return nil }
            skipWhiteSpace()
            guard let value = take(UInt8(ascii: "\"")) ? quoted() : unquoted() else { return nil }
            found.append(MediaType.Parameter(name, value))
        }
        return position == bytes.count ? found : nil
    }

    private mutating func quoted() -> String? {
        var value: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                skipWhiteSpace()
                return String(decoding: value, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), position < bytes.count {
                value.append(bytes[position])
                position += 1
            } else if byte != 0x0D, byte != 0x0A {
                value.append(byte)
            }
        }
        return nil
    }

    private mutating func unquoted() -> String? {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ";") { position += 1 }
        let text = Self.trimmed(bytes[start..<position])
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count, Self.isWhiteSpace(bytes[position]) { position += 1 }
    }

    private static func trimmed(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = slice
        while let first = slice.first, isWhiteSpace(first) { slice.removeFirst() }
        while let last = slice.last, isWhiteSpace(last) { slice.removeLast() }
        return slice
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
}
