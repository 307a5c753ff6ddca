/// `rim:LocalizedString`: a text in one language.
///
/// - Source: ebRIM 3.0, section 2.3.
public struct LocalizedString: Hashable, Sendable {
    /// `@value`, at most 1024 characters.
    public var value: String
    /// `@xml:lang` as received.
    public var language: String?
    /// `@charset` as received.
    public var charset: String?

    /// Makes a text.
    public init(value: String, language: String? = nil, charset: String? = nil) {
        self.value = value
        self.language = language
        self.charset = charset
    }
}

/// Content of `rim:Name` or `rim:Description`: the same text in one or several languages.
///
/// - Source: ebRIM 3.0, section 2.4.
public struct InternationalString: Hashable, Sendable {
    /// The texts in the order of the message; never empty.
    public var strings: [LocalizedString]

    /// Makes a string of its texts.
    public init(strings: [LocalizedString]) { self.strings = strings }

    /// Makes a string in one language.
    public init(_ value: String, language: String? = nil) {
        strings = [LocalizedString(value: value, language: language)]
    }

    /// The first text: the one XDS reads as the attribute.
    public var text: String { strings.first?.value ?? "" }
}
