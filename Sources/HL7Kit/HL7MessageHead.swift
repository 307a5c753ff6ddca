/// What can be said of a message by the bytes of its MSH segment alone: how to read it, and how to acknowledge it even
/// if the rest cannot be read.
///
/// Every supported character set agrees with ASCII on the bytes below 0x80, which is all that is looked at.
struct HL7MessageHead: Sendable {
    /// The fields of MSH, MSH-1 first, as written; bytes above 0x7F read as question marks.
    private let fields: [Substring]

    /// Reads the first segment; nil if it is not MSH.
    init?(of bytes: some Collection<UInt8>) {
        let line = bytes.prefix { $0 != 0x0D && $0 != 0x0A }
        let text = String(String.UnicodeScalarView(line.map { $0 < 0x80 ? Unicode.Scalar($0) : "?" }))
        guard text.hasPrefix("MSH"), let separator = text.dropFirst(3).first else { return nil }
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.first == "MSH" else { return nil }
        fields = [Substring(String(separator))] + parts.dropFirst()
    }

    /// The field at its place, as written.
    func field(_ place: Int) -> Substring { place <= fields.count ? fields[place - 1] : "" }

    /// MSH-1 and MSH-2; nil if they are none.
    var delimiters: HL7Delimiters? {
        field(1).first.flatMap { HL7Delimiters(field: $0, encodingCharacters: field(2)) }
    }

    /// MSH-18; nil if it is not supported.
    var characterSet: HL7CharacterSet? { HL7CharacterSet(name: field(18)) }
}
