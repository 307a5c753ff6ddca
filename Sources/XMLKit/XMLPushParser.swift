import CLibXML2
import NIOCore

/// Feeds one document to a libxml2 push parser and owns the tape being built. Not shared: one task at a time uses it.
final class XMLPushParser {
    /// Small chunks are put together to pieces of this size, so that a body of single bytes costs no more than any other.
    private static let gatherBytes = 8 << 10

    /// Larger chunks are cut, so that libxml2 never looks far ahead of what has been checked.
    private static let sliceBytes = 128 << 10

    let owner: XMLParserContext
    private let receiver: XMLTapeReceiver
    private let limits: XMLParserLimits
    private var received = 0
    private var gathered: [UInt8] = []

    init(limits: XMLParserLimits, encoding: String?, expectedBytes: Int) throws(XMLError) {
        XMLLibrary.enter()
        var choice: XMLEncoding?
        if let encoding {
            guard let known = XMLEncoding(label: encoding) else {
                throw XMLError(.unsupportedEncoding, reason: "the charset given by the transport is not supported")
            }
            choice = known
        }
        let receiver = XMLTapeReceiver(XMLTapeBuilder(limits: limits, expectedBytes: expectedBytes))
        owner = try XMLParserContext.make(user: Unmanaged.passUnretained(receiver).toOpaque())
        let context = owner.pointer
        self.receiver = receiver
        self.limits = limits
        receiver.builder.context = context
        receiver.builder.exchangeNames(with: owner)
        // NOENT makes libxml2 hand over "&amp;" in attributes as the character instead of as another reference. There
        // is nothing else it could substitute: no entity can be declared.
        var options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue)
        if choice != nil { options |= Int32(XML_PARSE_IGNORE_ENC.rawValue) }
        xmlCtxtUseOptions(context, options)
        if case .singleByte(let name) = choice {
            guard let converter = xmlFindCharEncodingHandler(name), xmlSwitchToEncoding(context, converter) == 0 else {
                throw XMLError(.unsupportedEncoding, reason: "the charset given by the transport is not supported")
            }
        }
    }

    deinit {
        receiver.builder.context = nil
    }

    private var context: xmlParserCtxtPtr { owner.pointer }

    /// Takes the next bytes of the document.
    func parse(_ bytes: UnsafeRawBufferPointer) throws(XMLError) {
        received += bytes.count
        guard received <= limits.effectiveTotalBytes else {
            let reason = "the document is larger than \(limits.effectiveTotalBytes) bytes"
            throw XMLError(.limitExceeded(.totalBytes), reason: reason)
        }
        if gathered.count + bytes.count < Self.gatherBytes {
            gathered.append(contentsOf: bytes)
            return
        }
        try flush()
        try push(bytes)
    }

    /// Ends the document and gives its tape.
    func finish() throws(XMLError) -> XMLTape {
        try flush()
        guard received > 0 else { throw XMLError(.empty, reason: "there is no XML document") }
        XMLLibrary.enter()
        let status = xmlParseChunk(context, nil, 0, 1)
        try check(status)
        guard context.pointee.wellFormed != 0, receiver.builder.isComplete else {
            throw XMLError(.notWellFormed, reason: "the document is not complete")
        }
        let tape = XMLTape(receiver.builder)
        receiver.builder.context = nil
        receiver.builder.exchangeNames(with: owner)
        owner.keep()
        return tape
    }

    private func flush() throws(XMLError) {
        guard !gathered.isEmpty else { return }
        let bytes = gathered
        gathered.removeAll(keepingCapacity: true)
        let result = bytes.withUnsafeBytes { pointer in
            Result { () throws(XMLError) in try push(pointer) }
        }
        try result.get()
    }

    private func push(_ bytes: UnsafeRawBufferPointer) throws(XMLError) {
        XMLLibrary.enter()
        var rest = bytes.bindMemory(to: CChar.self)[...]
        while !rest.isEmpty {
            let slice = rest.prefix(Self.sliceBytes)
            rest = rest.dropFirst(slice.count)
            let status = xmlParseChunk(
                context, UnsafeBufferPointer(rebasing: slice).baseAddress, Int32(slice.count), 0)
            try check(status)
            try checkUnparsed()
        }
    }

    /// libxml2 keeps a tag, comment or instruction until its end is there. What it keeps must stay small.
    private func checkUnparsed() throws(XMLError) {
        guard let input = context.pointee.input, let current = input.pointee.cur, let end = input.pointee.end else {
            return
        }
        guard end - current > limits.markupBytes else { return }
        let place = receiver.builder.position
        throw XMLError(
            .limitExceeded(.markupBytes), line: place.line, column: place.column,
            reason: "a tag, comment or processing instruction is longer than \(limits.markupBytes) bytes")
    }

    private func check(_ status: Int32) throws(XMLError) {
        if let failure = receiver.builder.failure { throw failure }
        guard status != 0, status != Int32(bitPattern: XML_NS_ERR_UNDEFINED_NAMESPACE.rawValue) else { return }
        // Warnings leave a status too; only a document that is no longer well-formed, or a halted parser, is refused.
        guard context.pointee.wellFormed == 0 || context.pointee.instate == XML_PARSER_EOF else { return }
        let place = receiver.builder.position
        throw XMLError(
            .notWellFormed, line: place.line, column: place.column,
            reason: "the bytes are not in the encoding of the document")
    }
}
