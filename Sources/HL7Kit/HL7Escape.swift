/// Escape sequences of HL7 v2 text.
///
/// - Source: HL7 v2.3.1, chapter 2, section 2.9 (use of escape sequences in text fields).
public enum HL7Escape {
    /// Replaces `\F\`, `\S\`, `\T\`, `\R\` and `\E\` by the delimiters they stand for, and `\Xhh..\` by its ASCII
    /// characters. Sequences of another kind, which are about layout, and a lone escape character stay as they are.
    public static func decode(_ text: some StringProtocol, _ delimiters: HL7Delimiters) -> String {
        guard let escape = delimiters.escape, text.contains(escape) else { return String(text) }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: escape) {
            result += rest[..<start]
            rest = rest[rest.index(after: start)...]
            if let end = rest.firstIndex(of: escape), let value = value(of: String(rest[..<end]), escape, delimiters) {
                result += value
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(escape)
            }
        }
        return result + rest
    }

    /// Writes a text so that no character of it is taken for a delimiter, and no segment ends in it.
    public static func encode(_ text: some StringProtocol, _ delimiters: HL7Delimiters) -> String {
        var result = ""
        for character in text {
            if let name = name(of: character, delimiters), let escape = delimiters.escape {
                result += "\(escape)\(name)\(escape)"
            } else if name(of: character, delimiters) != nil || character.isNewline {
                result += " "
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// What a sequence stands for; one about layout stands for itself; nil for what is no sequence.
    private static func value(of sequence: String, _ escape: Character, _ delimiters: HL7Delimiters) -> String? {
        switch sequence {
        case "F": return String(delimiters.field)
        case "S": return String(delimiters.component)
        case "T": return delimiters.subcomponent.map { String($0) }
        case "R": return String(delimiters.repetition)
        case "E": return String(escape)
        default:
            if sequence.first == "X", let text = hexadecimal(sequence.dropFirst()) { return text }
            return isLayout(sequence) ? "\(escape)\(sequence)\(escape)" : nil
        }
    }

    /// Printable ASCII only: bytes above have no meaning without the character set, and controls none in an id.
    private static func hexadecimal(_ digits: Substring) -> String? {
        let nibbles = digits.compactMap(\.hexDigitValue)
        guard nibbles.count == digits.count, nibbles.count.isMultiple(of: 2), !nibbles.isEmpty else { return nil }
        let bytes = stride(from: 0, to: nibbles.count, by: 2).map { UInt8(nibbles[$0] * 16 + nibbles[$0 + 1]) }
        return bytes.allSatisfy { (0x20...0x7E).contains($0) } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func isLayout(_ sequence: String) -> Bool {
        sequence == "H" || sequence == "N" || sequence.first.map { ".XCMZ".contains($0) } == true
    }

    private static func name(of character: Character, _ delimiters: HL7Delimiters) -> Character? {
        switch character {
        case delimiters.field: "F"
        case delimiters.component: "S"
        case delimiters.repetition: "R"
        case delimiters.escape: "E"
        case delimiters.subcomponent: "T"
        default: nil
        }
    }
}
