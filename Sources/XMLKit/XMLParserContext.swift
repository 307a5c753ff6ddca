import CLibXML2
import Synchronization

/// Owns one libxml2 push parser context and the names its dictionary has met; used by one ``XMLPushParser`` at a time, and
/// freed with this object.
///
/// To make a context, with a dictionary, stacks and tables, takes longer than to parse a query. So contexts are used again,
/// and with them the Swift names that belong to the strings of the dictionary. A context keeps names only, nothing of the
/// content of a document.
final class XMLParserContext {
    /// A context that knows more names than this has met strange documents, and is not used again.
    private static let namesKept = 512
    /// The same for the strings of its dictionary: names, prefixes, namespaces.
    private static let stringsKept: Int32 = 4_096
    /// And for their bytes. libxml2 refuses names when a dictionary is full, so one document may not leave it full to the next.
    private static let bytesKept = 256 << 10

    let pointer: xmlParserCtxtPtr
    /// What the pointers that libxml2 hands out stand for.
    var names = XMLNameTable()

    private init(_ pointer: xmlParserCtxtPtr) {
        self.pointer = pointer
    }

    deinit {
        xmlFreeParserCtxt(pointer)
    }

    /// A context for a new document, whose events go to the user data.
    static func make(user: UnsafeMutableRawPointer) throws(XMLError) -> XMLParserContext {
        if let kept = XMLParserContextPool.shared.take(), xmlCtxtResetPush(kept.pointer, nil, 0, nil, nil) == 0 {
            // As for a new context that has no bytes yet: the encoding is found out from the first ones.
            kept.pointer.pointee.charset = Int32(XML_CHAR_ENCODING_NONE.rawValue)
            // Options are only ever added.
            kept.pointer.pointee.options = 0
            kept.pointer.pointee.userData = user
            return kept
        }
        var handler = xmlSAXHandler.tapeBuilding
        guard let pointer = xmlCreatePushParserCtxt(&handler, user, nil, 0, nil) else {
            throw XMLError(.notWellFormed, reason: "the parser could not be created")
        }
        return XMLParserContext(pointer)
    }

    /// Whether so little of earlier documents is left that another one may be parsed with it.
    var isWorthKeeping: Bool {
        let dictionary = pointer.pointee.dict
        return names.count <= Self.namesKept && xmlDictSize(dictionary) <= Self.stringsKept
            && xmlDictGetUsage(dictionary) <= Self.bytesKept
    }

    /// Keeps the context for another document, after one that was well-formed: what a broken one leaves behind is freed.
    func keep() {
        guard isWorthKeeping else { return }
        // Frees the bytes of the document.
        xmlCtxtReset(pointer)
        pointer.pointee.userData = nil
        XMLParserContextPool.shared.giveBack(self)
    }
}

/// Parser contexts that nobody uses at the moment.
private final class XMLParserContextPool: Sendable {
    static let shared = XMLParserContextPool()

    /// As many documents as are usually parsed at one moment; a context takes some 30 kB, and twenty times that at most.
    private static let capacity = 32

    /// A context that changes hands. `@unchecked`: it is in the pool or with one parser, never both, and the mutex of the
    /// pool orders them.
    private struct Kept: @unchecked Sendable {
        let context: XMLParserContext
    }

    private let kept = Mutex<[Kept]>([])

    func take() -> XMLParserContext? {
        kept.withLock { $0.popLast() }?.context
    }

    func giveBack(_ context: XMLParserContext) {
        let kept = Kept(context: context)
        self.kept.withLock { if $0.count < Self.capacity { $0.append(kept) } }
    }
}
