public import NIOCore

/// A parsed document: an immutable value that can be shared between tasks. Nothing of libxml2 is left in it.
///
/// It keeps elements, attributes, text and namespace declarations. Comments and processing instructions are dropped.
public struct XMLDocument: Sendable {
    let tape: XMLTape

    init(tape: XMLTape) {
        self.tape = tape
    }

    /// Parses a whole document.
    ///
    /// A document type declaration is refused at its first sign, entities other than the five predefined ones never
    /// resolve, and nothing is fetched from anywhere.
    /// - Parameters:
    ///   - bytes: the document.
    ///   - limits: what it may cost.
    ///   - encoding: the charset given by the transport, which goes before the XML declaration.
    public init(
        parsing bytes: ByteBuffer, limits: XMLParserLimits = .standard, encoding: String? = nil
    ) throws(XMLError) {
        let parser = try XMLPushParser(limits: limits, encoding: encoding, expectedBytes: bytes.readableBytes)
        let result = bytes.withUnsafeReadableBytes { pointer in
            Result { () throws(XMLError) in try parser.parse(pointer) }
        }
        try result.get()
        tape = try parser.finish()
    }

    /// Parses a document held in a string.
    public init(parsing string: String, limits: XMLParserLimits = .standard) throws(XMLError) {
        try self.init(parsing: ByteBuffer(string: string), limits: limits, encoding: "utf-8")
    }

    /// The document element.
    public var root: XMLElement { XMLElement(tape: tape, index: 0) }

    /// Elements in the document.
    public var elementCount: Int { tape.elements.count }

    /// How many names carry a prefix that is nowhere declared.
    ///
    /// Real senders do leave out the declaration of a prefix in headers they do not care about, so this is no error:
    /// such a name is in no namespace and keeps its prefix in the local name (`wsse:Security`), where it matches
    /// nothing we look for. This is laxer than Namespaces in XML 1.0, section 5.
    public var undeclaredPrefixCount: Int { tape.undeclaredPrefixCount }
}
