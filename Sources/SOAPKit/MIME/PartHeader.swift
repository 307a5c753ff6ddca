/// The header of a MIME part.
public struct PartHeader: Sendable, Hashable {
    /// The fields in the order written: names lower case, values unfolded and without white space around them.
    public let fields: [Field]

    /// One field.
    public struct Field: Sendable, Hashable {
        /// The name, lower case.
        public let name: String
        /// The value, unfolded.
        public let value: String

        /// Makes a field.
        public init(_ name: String, _ value: String) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    /// Makes a header.
    public init(fields: [Field] = []) {
        self.fields = fields
    }

    /// The value of a field, the first if it is given twice; the name in lower case.
    public subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// The `Content-ID` without angle brackets; `nil` when it is absent or empty.
    public var contentID: String? {
        guard let value = self["content-id"] else { return nil }
        let bare = ContentID.bare(value)
        return bare.isEmpty ? nil : bare
    }

    /// Reads header lines, without the empty line that ends them. `nil` when a line has no colon.
    init?(lines: [String]) {
        var fields: [Field] = []
        for line in lines {
            if let first = line.first, first == " " || first == "\t", let last = fields.popLast() {
                fields.append(Field(last.name, "\(last.value) \(Self.trimmed(line[...]))"))
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { return nil }
            fields.append(
                Field(String(Self.trimmed(line[..<colon])), String(Self.trimmed(line[line.index(after: colon)...]))))
        }
        self.fields = fields
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
