/// One field of a segment: repetitions of components of subcomponents.
///
/// Places are counted from 1, as HL7 does; what is absent reads as empty. The null value `""` reads as empty too:
/// nothing here can be deleted by it.
public struct HL7Field: Sendable {
    /// The field as written, escape sequences and all.
    public let raw: Substring
    private let delimiters: HL7Delimiters

    init(_ raw: Substring, _ delimiters: HL7Delimiters) {
        self.raw = raw == "\"\"" ? "" : raw
        self.delimiters = delimiters
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { raw.isEmpty }

    /// Its repetitions; none for an empty field.
    public var repetitions: [HL7Repetition] {
        guard !raw.isEmpty else { return [] }
        return raw.split(separator: delimiters.repetition, omittingEmptySubsequences: false).map {
            HL7Repetition($0, delimiters)
        }
    }

    /// A component of the first repetition, as text.
    public func component(_ place: Int) -> String {
        repetitions.first?.component(place) ?? ""
    }

    /// The whole field as text, for one that has no parts.
    public var text: String { HL7Escape.decode(raw, delimiters) }
}

/// One repetition of a field.
public struct HL7Repetition: Sendable {
    private let components: [Substring]
    private let delimiters: HL7Delimiters

    init(_ raw: Substring, _ delimiters: HL7Delimiters) {
        components = raw.split(separator: delimiters.component, omittingEmptySubsequences: false)
        self.delimiters = delimiters
    }

    /// A component as text; of one with subcomponents, the first.
    public func component(_ place: Int) -> String { subcomponent(place, 1) }

    /// A subcomponent as text.
    public func subcomponent(_ place: Int, _ part: Int) -> String {
        guard place <= components.count else { return "" }
        let parts =
            delimiters.subcomponent.map {
                components[place - 1].split(separator: $0, omittingEmptySubsequences: false)
            } ?? [components[place - 1]]
        guard part <= parts.count, parts[part - 1] != "\"\"" else { return "" }
        return HL7Escape.decode(parts[part - 1], delimiters)
    }

    /// Whether every component is empty.
    public var isEmpty: Bool { components.allSatisfy { $0.isEmpty || $0 == "\"\"" } }
}
