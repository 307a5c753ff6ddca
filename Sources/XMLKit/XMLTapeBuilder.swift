import CLibXML2

/// Lays the events of one parse down on the tape. A struct, so that an event finds all of its parts by one access
/// (``XMLTapeReceiver``).
struct XMLTapeBuilder {
    /// An element whose end tag has not come yet.
    private struct OpenElement {
        var element: Int32
        var lastChild: Int32 = -1
        var lastText: Int32 = -1
        var textIsOpen = false
        var textBytes = 0
    }

    private(set) var elements: [XMLTape.Element] = []
    private(set) var attributes: [XMLTape.Attribute] = []
    private(set) var textRuns: [XMLTape.TextRun] = []
    private(set) var scopes: [XMLTape.Scope] = []
    private(set) var declarations: [Int32] = []
    private(set) var names = XMLNameTable.none
    private(set) var arena: [UInt8] = []
    private(set) var undeclaredPrefixCount = 0
    private(set) var failure: XMLError?

    private let limits: XMLParserLimits
    private var open: [OpenElement] = []
    private var scope: Int32 = -1

    /// The parser the events come from; asked for its line only while one of its callbacks runs.
    var context: xmlParserCtxtPtr?

    init(limits: XMLParserLimits, expectedBytes: Int) {
        self.limits = limits
        arena.reserveCapacity(min(expectedBytes, 1 << 20))
        elements.reserveCapacity(min(expectedBytes / 64, 1 << 14))
        open.reserveCapacity(32)
    }

    /// Takes the names that a parser context knows, or gives them back with those of this document.
    mutating func exchangeNames(with context: XMLParserContext) {
        swap(&names, &context.names)
        names.beginDocument()
    }

    /// Whether every element that was opened is closed again and there is at least one.
    var isComplete: Bool { open.isEmpty && !elements.isEmpty }

    /// Keeps the first failure; later ones are consequences of it.
    mutating func fail(_ error: XMLError) {
        if failure == nil { failure = error }
    }

    /// Keeps the failure and ends the parse at once.
    mutating func stop(_ code: XMLError.Code, _ reason: String) {
        guard failure == nil else { return }
        let place = position
        failure = XMLError(code, line: place.line, column: place.column, reason: reason)
        if let context { xmlStopParser(context) }
    }

    /// Where the parser is, from 1.
    var position: (line: Int, column: Int) {
        guard let input = context?.pointee.input else { return (0, 0) }
        return (Int(input.pointee.line), Int(input.pointee.col))
    }

    mutating func startElement(
        local: UnsafePointer<xmlChar>, prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?,
        namespaces: UnsafeBufferPointer<UnsafePointer<xmlChar>?>,
        attributes list: UnsafeBufferPointer<UnsafePointer<xmlChar>?>
    ) {
        guard failure == nil else { return }
        let declarationCount = namespaces.count / 2
        let attributeCount = list.count / 5
        guard checkCounts(attributes: attributeCount + declarationCount) else { return }

        if uri == nil, prefix != nil { undeclaredPrefixCount += 1 }
        let index = Int32(elements.count)
        let parent = open.last?.element ?? -1
        guard declare(namespaces, count: declarationCount) else { return }
        let offset = UInt32(arena.count)
        let firstAttribute = Int32(attributes.count)
        for position in 0..<attributeCount where !append(attribute: position, of: list) { return }
        elements.append(
            XMLTape.Element(
                name: names.name(local: local, prefix: prefix, uri: uri), parent: parent,
                firstAttribute: firstAttribute,
                attributeCount: Int32(attributeCount), scope: scope, offset: offset, line: Int32(position.line)))
        link(index)
        open.append(OpenElement(element: index))
        if names.countInDocument > limits.distinctNames {
            stop(.limitExceeded(.distinctNames), "the document has more than \(limits.distinctNames) different names")
        }
    }

    mutating func endElement() {
        guard failure == nil, let closed = open.popLast() else { return }
        let element = elements[Int(closed.element)]
        scope = element.parent < 0 ? -1 : elements[Int(element.parent)].scope
    }

    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard failure == nil, !bytes.isEmpty, !open.isEmpty else { return }
        let top = open.count - 1
        open[top].textBytes += bytes.count
        guard open[top].textBytes <= limits.textBytes else {
            return stop(.limitExceeded(.textBytes), "an element has more than \(limits.textBytes) bytes of text")
        }
        let start = UInt32(arena.count)
        arena.append(contentsOf: bytes)
        if open[top].textIsOpen {
            textRuns[Int(open[top].lastText)].count += UInt32(bytes.count)
            return
        }
        let run = Int32(textRuns.count)
        textRuns.append(XMLTape.TextRun(start: start, count: UInt32(bytes.count)))
        if open[top].lastText >= 0 {
            textRuns[Int(open[top].lastText)].next = run
        } else {
            elements[Int(open[top].element)].firstText = run
        }
        open[top].lastText = run
        open[top].textIsOpen = true
    }

    private mutating func checkCounts(attributes count: Int) -> Bool {
        if open.count >= limits.depth {
            stop(.limitExceeded(.depth), "elements are nested deeper than \(limits.depth) levels")
        } else if elements.count >= limits.elements {
            stop(.limitExceeded(.elements), "the document has more than \(limits.elements) elements")
        } else if count > limits.attributesPerElement {
            stop(
                .limitExceeded(.attributesPerElement),
                "an element has more than \(limits.attributesPerElement) attributes and namespace declarations")
        } else {
            return true
        }
        return false
    }

    private mutating func declare(_ namespaces: UnsafeBufferPointer<UnsafePointer<xmlChar>?>, count: Int) -> Bool {
        guard count > 0 else { return true }
        let first = Int32(declarations.count)
        for position in 0..<count {
            if let uri = namespaces[2 * position + 1], xmlStrlen(uri) > limits.namespaceBytes {
                stop(.limitExceeded(.attributeBytes), "a namespace name is longer than \(limits.namespaceBytes) bytes")
                return false
            }
            declarations.append(names.declaration(prefix: namespaces[2 * position], uri: namespaces[2 * position + 1]))
        }
        scopes.append(XMLTape.Scope(parent: scope, first: first, count: Int32(count)))
        scope = Int32(scopes.count - 1)
        return true
    }

    private mutating func append(attribute position: Int, of list: UnsafeBufferPointer<UnsafePointer<xmlChar>?>) -> Bool
    {
        guard let local = list[5 * position], let start = list[5 * position + 3], let end = list[5 * position + 4]
        else {
            return true
        }
        let prefix = list[5 * position + 1]
        let uri = list[5 * position + 2]
        if uri == nil, prefix != nil { undeclaredPrefixCount += 1 }
        let count = end - start
        guard count <= limits.attributeBytes else {
            stop(.limitExceeded(.attributeBytes), "an attribute value is longer than \(limits.attributeBytes) bytes")
            return false
        }
        let name = names.name(local: local, prefix: prefix, uri: uri)
        attributes.append(XMLTape.Attribute(name: name, start: UInt32(arena.count), count: UInt32(count)))
        arena.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
        return true
    }

    private mutating func link(_ index: Int32) {
        guard !open.isEmpty else { return }
        let top = open.count - 1
        if open[top].lastChild >= 0 {
            elements[Int(open[top].lastChild)].nextSibling = index
        } else {
            elements[Int(open[top].element)].firstChild = index
        }
        open[top].lastChild = index
        open[top].textIsOpen = false
    }
}
