/// One segment: a name of three characters and fields.
public struct HL7Segment: Sendable {
    /// As in `PID`.
    public let name: String
    private let fields: [Substring]
    private let delimiters: HL7Delimiters

    /// - Parameter line: the segment without its end.
    init(_ line: Substring, _ delimiters: HL7Delimiters) {
        let parts = line.split(separator: delimiters.field, omittingEmptySubsequences: false)
        name = parts.first.map(String.init) ?? ""
        // MSH-1 is the delimiter itself, so that the first part behind it is MSH-2.
        fields = name == "MSH" ? [Substring(String(delimiters.field))] + parts.dropFirst() : Array(parts.dropFirst())
        self.delimiters = delimiters
    }

    /// The field at its place, counted from 1.
    public func field(_ place: Int) -> HL7Field {
        HL7Field(place <= fields.count ? fields[place - 1] : "", delimiters)
    }
}
