/// Random single changes of the text of a message, which leave it well-formed XML: a wrong value, a missing or repeated
/// part. What comes of it may be right or wrong; it has to be answered.
public struct GeneratedMutation {
    private var random: SeededGenerator

    /// A series of changes.
    public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let values = [
        "", " ", "x", "-1", "0", "99999999999999999999999999", "urn:uuid:0",
        "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1",
        "^^^&amp;&amp;ISO", "^^^^^^^^^^^^", "1.2.3", "'", "('", "()", "('a','b'", "20250230", "&#10;", "&#x1F642;", "%",
        "urn:ihe:iti:2007:AssociationType:RPLC", "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated", "$patientId",
    ]
    private static let parts = [
        "Slot", "ValueList", "Value", "Name", "LocalizedString", "Classification", "ExternalIdentifier", "Association",
        "RegistryPackage", "ExtrinsicObject", "AdhocQuery", "ObjectRef",
    ]

    /// A changed message.
    public mutating func apply(to text: String) -> String {
        switch random.number(0...3) {
        case 0: change(attributesOf: text)
        case 1: drop(from: text)
        case 2: repeated(in: text)
        default: change(textOf: text)
        }
    }

    /// A value that is wrong in many places; long ones too.
    private mutating func value() -> String {
        random.oneIn(8) ? String(repeating: "é", count: random.number(200...5000)) : random.one(of: Self.values)
    }

    /// One attribute gets another value, or goes.
    private mutating func change(attributesOf text: String) -> String {
        let places = text.ranges(of: #/\s[A-Za-z]+="[^"]*"/#).filter { !text[$0].contains("xmlns") }
        guard !places.isEmpty else { return text }
        let place = random.one(of: places)
        let name = text[place].prefix { $0 != "=" }
        return text.replacingRange(place, by: random.oneIn(3) ? "" : "\(name)=\"\(value())\"")
    }

    /// The text of one element is exchanged.
    private mutating func change(textOf text: String) -> String {
        let places = text.ranges(of: #/>[^<>]+</#)
        guard !places.isEmpty else { return text }
        return text.replacingRange(random.one(of: places), by: ">\(value())<")
    }

    /// One element goes.
    private mutating func drop(from text: String) -> String {
        element(of: text).map { text.replacingRange($0, by: "") } ?? text
    }

    /// One element comes twice.
    private mutating func repeated(in text: String) -> String {
        element(of: text).map { text.replacingRange($0, by: text[$0] + text[$0]) } ?? text
    }

    /// Where some element is, with everything in it.
    private mutating func element(of text: String) -> Range<String.Index>? {
        let name = random.one(of: Self.parts)
        let starts = text.ranges(of: "<rim:\(name)").filter { " />".contains(text[$0.upperBound]) }
        guard !starts.isEmpty else { return nil }
        let start = random.one(of: starts)
        guard let tag = text[start.lowerBound...].firstIndex(of: ">") else { return nil }
        if text[text.index(before: tag)] == "/" { return start.lowerBound..<text.index(after: tag) }
        return text[tag...].firstRange(of: "</rim:\(name)>").map { start.lowerBound..<$0.upperBound }
    }
}

extension String {
    fileprivate func replacingRange(_ range: Range<Index>, by text: some StringProtocol) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
