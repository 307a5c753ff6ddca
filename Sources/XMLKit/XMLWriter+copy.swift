public import NIOCore

extension XMLWriter {
    /// Writes an element again, with everything in it, under the prefixes its sender used. The declarations in force
    /// around it are written on it, so that it stands by itself.
    ///
    /// Its exclusive canonical form (comments apart) equals that of the original, so a signature over the element can
    /// be checked on this copy, and what is checked is exactly what was read. A processing instruction inside, which
    /// the document does not keep, makes such a signature fail, as it should.
    public mutating func copy(_ element: XMLElement) {
        copy(element, declarations: element.declarationsInScope)
    }

    private mutating func copy(_ element: XMLElement, declarations: [(prefix: String, uri: String)]) {
        let tape = element.tape
        let record = element.record
        let name = tape.names[Int(record.name)]
        let tag = Self.written(name)
        start(tag, [])
        for declaration in declarations {
            attribute(declaration.prefix.isEmpty ? "xmlns" : "xmlns:\(declaration.prefix)", declaration.uri)
        }
        for position in element.attributeRange {
            let item = tape.attributes[position]
            attribute(Self.written(tape.names[Int(item.name)]), tape.string(start: item.start, count: item.count))
        }
        buffer.writeInteger(UInt8(ascii: ">"))
        var run = record.firstText
        var child = record.firstChild
        while run >= 0 || child >= 0 {
            let offset = child >= 0 ? tape.elements[Int(child)].offset : UInt32.max
            if run >= 0, tape.textRuns[Int(run)].start < offset {
                let piece = tape.textRuns[Int(run)]
                text(tape.string(start: piece.start, count: piece.count))
                run = piece.next
            } else {
                let next = XMLElement(tape: tape, index: child)
                copy(next, declarations: next.ownDeclarations)
                child = tape.elements[Int(child)].nextSibling
            }
        }
        close(tag)
    }

    private static func written(_ name: XMLTape.Name) -> String {
        name.prefix.isEmpty ? name.qualified.localName : "\(name.prefix):\(name.qualified.localName)"
    }
}

extension XMLElement {
    /// The element as a document of its own; see ``XMLWriter/copy(_:)``.
    public func serialized() -> ByteBuffer {
        var writer = XMLWriter()
        writer.copy(self)
        return writer.buffer
    }
}
