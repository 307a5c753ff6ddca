import CLibXML2
public import NIOCore

/// A compiled set of XML schemas.
///
/// Schemas are read from local files only. A compiled schema can be used from several tasks at once.
public final class XSDSchema: @unchecked Sendable {
    // `@unchecked`: after `init` libxml2 only reads the compiled schema. The one thing that could change it, loading
    // further schemas that an instance names in xsi:schemaLocation, is made impossible by removing those attributes
    // before a validation. Each validation has a context of its own.
    private let schema: xmlSchemaPtr

    /// Compiles a schema file and everything it imports or includes.
    /// - Throws: ``XMLError`` with `unusableSchema`.
    public init(path: String) throws(XMLError) {
        schema = try Self.compile { xmlSchemaNewParserCtxt(path) }
    }

    /// Compiles several schema files of different namespaces to one set.
    /// - Throws: ``XMLError`` with `unusableSchema`.
    public init(paths: [String]) throws(XMLError) {
        var driver = XMLWriter()
        driver.open("xs:schema", ("xmlns:xs", XMLNamespace.xsd))
        for path in paths {
            driver.empty(
                "xs:import", ("namespace", try Self.targetNamespace(of: path)), ("schemaLocation", Self.url(of: path)))
        }
        driver.close("xs:schema")
        let bytes = Array(driver.buffer.readableBytesView)
        // The context reads from these bytes until the schema is parsed, hence everything happens in here.
        let result = bytes.withUnsafeBytes { pointer in
            Result { () throws(XMLError) in
                try Self.compile {
                    xmlSchemaNewMemParserCtxt(pointer.bindMemory(to: CChar.self).baseAddress, Int32(pointer.count))
                }
            }
        }
        schema = try result.get()
    }

    deinit {
        xmlSchemaFree(schema)
    }

    /// Checks a document; an empty list means that it is valid.
    /// - Throws: ``XMLError`` when it cannot be parsed at all; the same limits apply as to any message.
    public func validate(_ document: ByteBuffer, limits: XMLParserLimits = .standard) throws(XMLError) -> [XSDViolation]
    {
        // The hardened parser first: what it refuses never reaches the tree parser.
        _ = try XMLDocument(parsing: document, limits: limits)
        XMLLibrary.enter()
        let tree = document.withUnsafeReadableBytes { bytes in
            xmlReadMemory(
                bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count), nil, nil,
                Int32(XML_PARSE_NONET.rawValue))
        }
        guard let tree else { throw XMLError(.notWellFormed, reason: "the document cannot be read for validation") }
        defer { xmlFreeDoc(tree) }
        Self.removeLocationHints(below: xmlDocGetRootElement(tree))
        guard let context = xmlSchemaNewValidCtxt(schema) else {
            throw XMLError(.unusableSchema, reason: "the schema cannot be used for validation")
        }
        defer { xmlSchemaFreeValidCtxt(context) }
        let log = XSDViolationLog()
        xmlSchemaSetValidStructuredErrors(context, XSDViolationLog.callback, Unmanaged.passUnretained(log).toOpaque())
        let status = withExtendedLifetime(log) { xmlSchemaValidateDoc(context, tree) }
        guard status >= 0 else { throw XMLError(.unusableSchema, reason: "the validation failed") }
        return log.violations
    }

    /// Documents must not choose their own schemas.
    private static func removeLocationHints(below root: xmlNodePtr?) {
        var pending = [root].compactMap { $0 }
        while let node = pending.popLast() {
            for name in ["schemaLocation", "noNamespaceSchemaLocation"] {
                if let attribute = xmlHasNsProp(node, name, XMLNamespace.xsi) { xmlRemoveProp(attribute) }
            }
            var child = node.pointee.children
            while let element = child {
                if element.pointee.type == XML_ELEMENT_NODE { pending.append(element) }
                child = element.pointee.next
            }
        }
    }

    private static func compile(_ makeContext: () -> xmlSchemaParserCtxtPtr?) throws(XMLError) -> xmlSchemaPtr {
        XMLLibrary.enter()
        guard let context = makeContext() else {
            throw XMLError(.unusableSchema, reason: "the schema cannot be read")
        }
        defer { xmlSchemaFreeParserCtxt(context) }
        let log = XSDViolationLog()
        xmlSchemaSetParserStructuredErrors(context, XSDViolationLog.callback, Unmanaged.passUnretained(log).toOpaque())
        let schema = withExtendedLifetime(log) { xmlSchemaParse(context) }
        guard let schema else {
            let first = log.violations.first
            throw XMLError(
                .unusableSchema, line: first?.line ?? 0, reason: first?.message ?? "the schema cannot be read")
        }
        return schema
    }

    private static func targetNamespace(of path: String) throws(XMLError) -> String? {
        XMLLibrary.enter()
        guard let tree = xmlReadFile(path, nil, Int32(XML_PARSE_NONET.rawValue)) else {
            throw XMLError(.unusableSchema, reason: "the schema file \(path) cannot be read")
        }
        defer { xmlFreeDoc(tree) }
        guard let root = xmlDocGetRootElement(tree), let value = xmlGetNoNsProp(root, "targetNamespace") else {
            return nil
        }
        defer { clibxml2_free(value) }
        return String(cString: value)
    }

    private static func url(of path: String) -> String {
        guard let escaped = xmlPathToURI(path) else { return path }
        defer { clibxml2_free(escaped) }
        return String(cString: escaped)
    }
}

/// Collects what a schema context reports. Used by one call, on one thread.
private final class XSDViolationLog {
    var violations: [XSDViolation] = []

    static let callback: @convention(c) (UnsafeMutableRawPointer?, xmlErrorPtr?) -> Void = { user, error in
        guard let user, let error, error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        let log = Unmanaged<XSDViolationLog>.fromOpaque(user).takeUnretainedValue()
        var message = error.pointee.message.map { String(cString: $0) } ?? ""
        while message.last?.isWhitespace == true { message.removeLast() }
        log.violations.append(XSDViolation(line: Int(error.pointee.line), message: message))
    }
}
