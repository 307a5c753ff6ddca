/// homeCommunityId: the one attribute of XDS where an OID stands in URN form, `urn:oid:` and at most 64 characters.
///
/// - Source: ITI TF-3: 4.2.3.2.12.
public struct HomeCommunityID: Hashable, Sendable, CustomStringConvertible {
    /// The OID.
    public let oid: OID

    /// Makes the URN form of an OID.
    public init(_ oid: OID) { self.oid = oid }

    /// Reads the URN form.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        guard text.hasPrefix(EbRIMVocabulary.oidPrefix) else { throw FormatProblem("does not start with urn:oid:") }
        oid = try OID(parsing: String(text.dropFirst(EbRIMVocabulary.oidPrefix.utf8.count)))
    }

    /// Wire form.
    public var urn: String { EbRIMVocabulary.oidPrefix + oid.text }

    /// Wire form.
    public var description: String { urn }
}
