/// The value of a `Content-Type` field: type, subtype and parameters.
///
/// Type, subtype and parameter names are lower case here. Reading is lenient where senders are known to be careless:
/// characters that ought to be quoted (`type=application/xop+xml`, `start=<a@b>`) are taken without quotes as well.
/// - Source: RFC 2045, section 5.1
public struct MediaType: Sendable, Hashable {
    /// The top-level type, lower case.
    public let type: String

    /// The subtype, lower case.
    public let subtype: String

    /// The parameters in the order written; names are lower case, values as they mean (unquoted).
    public let parameters: [Parameter]

    /// One parameter.
    public struct Parameter: Sendable, Hashable {
        /// The name, lower case.
        public let name: String
        /// The value, without quotation marks and escapes.
        public let value: String

        /// Makes a parameter.
        public init(_ name: String, _ value: String) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    /// Makes a media type.
    public init(_ type: String, _ subtype: String, _ parameters: [Parameter] = []) {
        self.type = type.lowercased()
        self.subtype = subtype.lowercased()
        self.parameters = parameters
    }

    /// Reads a field value; `nil` when it has no type and subtype or breaks off inside a parameter.
    public init?(_ text: String) {
        var scanner = MediaTypeScanner(text)
        guard let type = scanner.token(until: [UInt8(ascii: "/")]), !type.isEmpty, scanner.take(UInt8(ascii: "/")),
            let subtype = scanner.token(until: [UInt8(ascii: ";")]), !subtype.isEmpty,
            let parameters = scanner.parameters()
        else { return nil }
        self.init(type, subtype, parameters)
    }

    /// `type/subtype`, without parameters.
    public var essence: String { "\(type)/\(subtype)" }

    /// The value of a parameter, the first if it is given twice; `nil` when it is absent.
    public subscript(parameter parameter: String) -> String? {
        parameters.first { $0.name == parameter }?.value
    }
}

extension MediaType: CustomStringConvertible {
    /// The field value; parameter values that are no tokens are quoted.
    public var description: String {
        parameters.reduce(into: essence) { text, parameter in
            text += "; \(parameter.name)=\(Self.written(parameter.value))"
        }
    }

    private static func written(_ value: String) -> String {
        let isToken = !value.isEmpty && value.utf8.allSatisfy(MediaTypeScanner.isTokenByte)
        guard !isToken else { return value }
        var quoted = "\""
        for character in value.unicodeScalars {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
