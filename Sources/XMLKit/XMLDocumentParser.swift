public import NIOCore

/// Parses a document while its bytes arrive.
///
/// Use it from one task; the libxml2 context inside is freed with it.
public struct XMLDocumentParser: ~Copyable {
    private let parser: XMLPushParser

    /// Begins a document.
    /// - Parameters:
    ///   - limits: what the document may cost.
    ///   - encoding: the charset given by the transport, which goes before the XML declaration.
    /// - Throws: ``XMLError`` with `unsupportedEncoding`.
    public init(limits: XMLParserLimits = .standard, encoding: String? = nil) throws(XMLError) {
        parser = try XMLPushParser(limits: limits, encoding: encoding, expectedBytes: 16 << 10)
    }

    /// Takes the next bytes. After an error the parser is of no further use.
    public mutating func parse(_ chunk: ByteBuffer) throws(XMLError) {
        let result = chunk.withUnsafeReadableBytes { bytes in
            Result { () throws(XMLError) in try parser.parse(bytes) }
        }
        try result.get()
    }

    /// Ends the document.
    public consuming func finish() throws(XMLError) -> XMLDocument {
        XMLDocument(tape: try parser.finish())
    }
}
