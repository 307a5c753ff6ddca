import CLibXML2

extension XMLError {
    /// Translates an error of libxml2; `nil` for what is no error for us: warnings, and prefixes without a
    /// declaration (see ``XMLDocument/undeclaredPrefixCount``).
    ///
    /// The message of libxml2 is not used, because it quotes the document.
    init?(_ error: xmlError) {
        guard error.level == XML_ERR_ERROR || error.level == XML_ERR_FATAL else { return nil }
        let number = UInt32(bitPattern: error.code)
        guard number != XML_NS_ERR_UNDEFINED_NAMESPACE.rawValue else { return nil }
        let (code, reason) = Self.meaning(of: xmlParserErrors(rawValue: number))
        self.init(code, line: Int(error.line), column: Int(max(0, error.int2)), reason: reason)
    }

    private static func meaning(of error: xmlParserErrors) -> (Code, String) {
        switch error {
        case XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY:
            (.entityReference, "a reference to an entity that is not one of the five predefined ones")
        case XML_ERR_UNSUPPORTED_ENCODING, XML_ERR_UNKNOWN_ENCODING:
            (.unsupportedEncoding, "the encoding in the XML declaration is not supported")
        case XML_ERR_INVALID_ENCODING:
            (.notWellFormed, "the bytes are not in the encoding that the document declares")
        case XML_ERR_DOCUMENT_EMPTY:
            (.empty, "there is no XML document")
        case XML_ERR_NAME_TOO_LONG:
            (.limitExceeded(.markupBytes), "a name is longer than allowed")
        default:
            (.notWellFormed, syntaxReasons[error.rawValue] ?? "the document is not well-formed")
        }
    }

    /// Our words for the errors senders really make.
    private static let syntaxReasons: [UInt32: String] = [
        XML_ERR_INVALID_CHAR.rawValue: "a byte or character that XML does not allow here",
        XML_ERR_INVALID_CHARREF.rawValue: "a character reference to a character that XML does not allow",
        XML_ERR_INVALID_HEX_CHARREF.rawValue: "a malformed hexadecimal character reference",
        XML_ERR_INVALID_DEC_CHARREF.rawValue: "a malformed decimal character reference",
        XML_ERR_DOCUMENT_END.rawValue: "the document ends too early, or something follows its root element",
        XML_ERR_DOCUMENT_START.rawValue: "the document does not begin with a tag",
        XML_ERR_ATTRIBUTE_NOT_STARTED.rawValue: "an attribute value without quotation marks",
        XML_ERR_ATTRIBUTE_NOT_FINISHED.rawValue: "an attribute value without its closing quotation mark",
        XML_ERR_ATTRIBUTE_WITHOUT_VALUE.rawValue: "an attribute without a value",
        XML_ERR_ATTRIBUTE_REDEFINED.rawValue: "an attribute that occurs twice in one tag",
        XML_ERR_LT_IN_ATTRIBUTE.rawValue: "an unescaped '<' in an attribute value",
        XML_ERR_ENTITYREF_SEMICOL_MISSING.rawValue: "an ampersand that begins no reference",
        XML_ERR_ENTITYREF_NO_NAME.rawValue: "an ampersand that begins no reference",
        XML_ERR_NAME_REQUIRED.rawValue: "a name is missing",
        XML_ERR_GT_REQUIRED.rawValue: "a tag without its '>'",
        XML_ERR_TAG_NAME_MISMATCH.rawValue: "an end tag that does not match its start tag",
        XML_ERR_TAG_NOT_FINISHED.rawValue: "the document ends inside an element",
        XML_ERR_CDATA_NOT_FINISHED.rawValue: "a CDATA section without its end",
        XML_ERR_COMMENT_NOT_FINISHED.rawValue: "a comment without its end",
        XML_ERR_PI_NOT_FINISHED.rawValue: "a processing instruction without its end",
        XML_ERR_MISPLACED_CDATA_END.rawValue: "an unescaped ']]>' in text",
        XML_ERR_RESERVED_XML_NAME.rawValue: "an XML declaration that is not at the very beginning",
        XML_ERR_XMLDECL_NOT_FINISHED.rawValue: "a malformed XML declaration",
        XML_ERR_VERSION_MISSING.rawValue: "an XML declaration without a version",
        XML_ERR_SPACE_REQUIRED.rawValue: "white space is missing",
        XML_NS_ERR_XML_NAMESPACE.rawValue: "a reserved namespace or prefix is redeclared",
        XML_NS_ERR_QNAME.rawValue: "a malformed qualified name",
        XML_NS_ERR_ATTRIBUTE_REDEFINED.rawValue: "an attribute that occurs twice in one tag",
        XML_NS_ERR_EMPTY.rawValue: "a prefix is bound to the empty namespace",
        XML_NS_ERR_COLON.rawValue: "a malformed qualified name",
    ]
}
