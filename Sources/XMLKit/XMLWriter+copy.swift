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
        buffer.writeInteger(UInt8(ascii: "<"))
        writeName(record.name, of: tape)
        for declaration in declarations {
            attribute(declaration.prefix.isEmpty ? "xmlns" : "xmlns:\(declaration.prefix)", declaration.uri)
        }
        for position in element.attributeRange {
            let item = tape.attributes[position]
            buffer.writeInteger(UInt8(ascii: " "))
            writeName(item.name, of: tape)
            buffer.writeStaticString("=\"")
            tape.withBytes(start: item.start, count: item.count) { buffer.writeEscaped($0, for: .attribute) }
            buffer.writeInteger(UInt8(ascii: "\""))
        }
        buffer.writeInteger(UInt8(ascii: ">"))
        var run = record.firstText
        var child = record.firstChild
        while run >= 0 || child >= 0 {
            let offset = child >= 0 ? tape.elements[Int(child)].offset : UInt32.max
            if run >= 0, tape.textRuns[Int(run)].start < offset {
                let piece = tape.textRuns[Int(run)]
                tape.withBytes(start: piece.start, count: piece.count) { buffer.writeEscaped($0, for: .text) }
                run = piece.next
            } else {
                let next = XMLElement(tape: tape, index: child)
                copy(next, declarations: next.ownDeclarations)
                child = tape.elements[Int(child)].nextSibling
            }
        }
        buffer.writeStaticString("</")
        writeName(record.name, of: tape)
        buffer.writeInteger(UInt8(ascii: ">"))
    }

    private mutating func writeName(_ index: Int32, of tape: XMLTape) {
        let name = tape.names[Int(index)]
        if !name.prefix.isEmpty {
            buffer.writeString(name.prefix)
            buffer.writeInteger(UInt8(ascii: ":"))
        }
        buffer.writeString(name.qualified.localName)
    }
}

extension XMLElement {
    /// The element as a document of its own; see ``XMLWriter/copy(_:)``.
    public func serialized() -> ByteBuffer {
        // The values are in the arena, the names are not: most elements are about as long again.
        var writer = XMLWriter(capacity: min(tape.arena.count * 2 + 1024, 1 << 20))
        writer.copy(self)
        return writer.buffer
    }
}
