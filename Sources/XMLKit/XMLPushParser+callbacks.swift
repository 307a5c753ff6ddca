import CLibXML2

/// The C callbacks. Each one finds its receiver through the user data of the parser and does nothing else; libxml2
/// calls them only while ``XMLPushParser`` is inside `xmlParseChunk`.
extension xmlSAXHandler {
    /// A handler for what a message may contain. Comments and processing instructions have no callback: they are
    /// checked for well-formedness and dropped. There is no entity table, so no reference to an entity ever resolves.
    static var tapeBuilding: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startDocument = { XMLTapeReceiver.from($0)?.builder.startDocument() }
        handler.internalSubset = { user, _, _, _ in XMLTapeReceiver.from(user)?.builder.documentType() }
        handler.startElementNs = { user, local, prefix, uri, namespaceCount, namespaces, count, _, attributes in
            guard let local else { return }
            XMLTapeReceiver.from(user)?.builder.startElement(
                local: local, prefix: prefix, uri: uri,
                namespaces: UnsafeBufferPointer(start: namespaces, count: Int(namespaceCount) * 2),
                attributes: UnsafeBufferPointer(start: attributes, count: Int(count) * 5))
        }
        handler.endElementNs = { user, _, _, _ in XMLTapeReceiver.from(user)?.builder.endElement() }
        handler.characters = { user, bytes, count in
            XMLTapeReceiver.from(user)?.builder.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
        }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        handler.serror = { user, error in
            guard let receiver = XMLTapeReceiver.from(user), let error, let failure = XMLError(error.pointee) else {
                return
            }
            // With the wrong converter switched on, what follows the declaration looks malformed; say the cause.
            receiver.builder.startDocument()
            receiver.builder.fail(failure)
        }
        return handler
    }
}

extension XMLTapeBuilder {
    /// Called after the XML declaration, the first moment its encoding is known: refuses what we do not support.
    fileprivate mutating func startDocument() {
        guard elements.isEmpty, let context, context.pointee.options & Int32(XML_PARSE_IGNORE_ENC.rawValue) == 0,
            let declared = context.pointee.input?.pointee.encoding ?? context.pointee.encoding
        else { return }
        if XMLEncoding(label: String(cString: declared)) == nil {
            fail(
                XMLError(.unsupportedEncoding, line: 1, reason: "the encoding in the XML declaration is not supported"))
        }
    }

    /// Called when the name of the document type has been read, before anything in it.
    fileprivate mutating func documentType() {
        stop(.documentTypeDeclaration, "a document type declaration is not allowed")
    }
}
