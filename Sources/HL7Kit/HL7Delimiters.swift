/// The delimiters of a message, as its MSH-1 and MSH-2 name them.
///
/// - Source: HL7 v2.3.1, chapter 2, section 2.8 (message delimiters).
public struct HL7Delimiters: Hashable, Sendable {
    /// MSH-1, between fields.
    public let field: Character
    /// Between components.
    public let component: Character
    /// Between repetitions of a field.
    public let repetition: Character
    /// Around escape sequences; absent where the sender names none.
    public let escape: Character?
    /// Between subcomponents; absent where the sender names none.
    public let subcomponent: Character?

    /// What nearly everybody uses: `|^~\&`.
    public static let standard = HL7Delimiters(
        field: "|", component: "^", repetition: "~", escape: "\\", subcomponent: "&")

    /// Delimiters of a message that we write.
    init(field: Character, component: Character, repetition: Character, escape: Character?, subcomponent: Character?) {
        self.field = field
        self.component = component
        self.repetition = repetition
        self.escape = escape
        self.subcomponent = subcomponent
    }

    /// Takes the delimiters out of MSH-1 and MSH-2; nil if there are too few, one is used twice, or one is a letter, a
    /// digit or a space.
    init?(field: Character, encodingCharacters: some StringProtocol) {
        let characters = Array(encodingCharacters)
        // A fifth one (truncation, v2.7) may follow, and has no meaning here.
        guard (2...5).contains(characters.count) else { return nil }
        let all = [field] + characters
        guard Set(all).count == all.count, all.allSatisfy(Self.isDelimiter) else { return nil }
        self.init(
            field: field, component: characters[0], repetition: characters[1],
            escape: characters.count > 2 ? characters[2] : nil,
            subcomponent: characters.count > 3 ? characters[3] : nil)
    }

    /// MSH-2 of a message with these delimiters.
    var encodingCharacters: String {
        String([component, repetition] + [escape, subcomponent].compactMap { $0 })
    }

    private static func isDelimiter(_ character: Character) -> Bool {
        guard let byte = character.asciiValue, byte > 0x20, byte < 0x7F else { return false }
        return !character.isLetter && !character.isNumber
    }
}
