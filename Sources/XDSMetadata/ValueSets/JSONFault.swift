/// The first place where a text is no JSON. Foundation's decoder says only that there is one.
struct JSONFault: Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    let line: Int
    /// Bytes from the beginning of the line, from 1.
    let column: Int

    var description: String { "line \(line), column \(column)" }

    /// Looks for it; nil if the bytes are JSON.
    init?(in bytes: some Sequence<UInt8>) {
        var scanner = JSONScanner(bytes: Array(bytes))
        guard !scanner.isDocument() else { return nil }
        let before = scanner.bytes[..<min(scanner.place, scanner.bytes.count)]
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    }
}

/// Walks over a JSON text; where a step says no, `place` stands at the fault.
private struct JSONScanner {
    private static let maximumDepth = 256

    let bytes: [UInt8]
    private(set) var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func isDocument() -> Bool {
        guard value(depth: 0) else { return false }
        skipSpace()
        return place == bytes.count
    }

    private mutating func value(depth: Int) -> Bool {
        skipSpace()
        guard depth < Self.maximumDepth else { return false }
        switch peek {
        case UInt8(ascii: "{"): return list(until: UInt8(ascii: "}"), isObject: true, depth: depth)
        case UInt8(ascii: "["): return list(until: UInt8(ascii: "]"), isObject: false, depth: depth)
        case UInt8(ascii: "\""): return string()
        default: return word()
        }
    }

    private mutating func list(until end: UInt8, isObject: Bool, depth: Int) -> Bool {
        place += 1
        skipSpace()
        if take(end) { return true }
        while true {
            if isObject {
                skipSpace()
                guard peek == UInt8(ascii: "\""), string() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return false }
            }
            guard value(depth: depth + 1) else { return false }
            skipSpace()
            if take(end) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func string() -> Bool {
        place += 1
        while let byte = peek, byte >= 0x20 {
            place += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return true }
        }
        return false
    }

    /// A number, `true`, `false` or `null`.
    private mutating func word() -> Bool {
        let end = bytes[min(place, bytes.count)...].firstIndex { TextFormat.isSpace($0) || ",]}".utf8.contains($0) }
        let text = String(decoding: bytes[min(place, bytes.count)..<(end ?? bytes.count)], as: UTF8.self)
        guard ["true", "false", "null"].contains(text) || Double(text) != nil else { return false }
        place = end ?? bytes.count
        return true
    }

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, TextFormat.isSpace(byte) { place += 1 }
    }
}
