import XMLKit

/// The reference from an element to a MIME part.
/// - Source: XOP, section 2.1
struct XOPReference {
    /// The reference as written, without `cid:`; `nil` when the URL is of another kind or missing.
    private let written: String?
    private let line: Int

    /// Reads an `xop:Include`.
    init(include: XMLElement) {
        written = include.attribute("href").flatMap(ContentID.reference(in:))
        line = include.line
    }

    /// The reference that is the content of an element, `nil` when its content is something else.
    init?(in element: XMLElement) throws(SOAPFault) {
        guard let include = element.first(SOAPName.include) else { return nil }
        let isAlone = element.children.allSatisfy { $0 == include } && element.trimmedText.isEmpty
        guard isAlone else {
            throw .sender("An xop:Include must be the only content of its element (line \(include.line)).")
        }
        self.init(include: include)
    }

    /// The Content-ID meant, among those there are. The reference is percent-decoded, as it should be; senders that do
    /// not encode it, or encode the Content-ID as well, are understood too.
    func contentID(among exists: (String) -> Bool) -> String? {
        guard let written else { return nil }
        let decoded = ContentID.percentDecoded(written)
        return [decoded, written, ContentID.percentEncoded(decoded)].first(where: exists)
    }

    /// The fault for a reference that leads nowhere.
    var unresolved: SOAPFault {
        guard let written else {
            return .sender("An xop:Include has no href that begins with 'cid:' (line \(line)).")
        }
        let shown = written.unicodeScalars.prefix(200).map { $0.value < 0x20 ? " " : String($0) }.joined()
        var fault = SOAPFault.sender(
            "An xop:Include refers to the MIME part 'cid:\(shown)', which the message does not have (line \(line)).")
        fault.logReason = "An xop:Include refers to a MIME part that the message does not have (line \(line))."
        return fault
    }
}
