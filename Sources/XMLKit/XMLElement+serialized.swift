public import NIOCore

extension XMLElement {
    /// The element as a document of its own, with everything in it, under the prefixes its sender used. The declarations in
    /// force around it are written on it, so that it stands by itself.
    ///
    /// Its exclusive canonical form (comments apart) equals that of the original, so a signature over the element can
    /// be checked on this copy, and what is checked is exactly what was read. A processing instruction inside, which
    /// the document does not keep, makes such a signature fail, as it should.
    public func serialized() -> ByteBuffer { ByteBuffer(bytes: serializedBytes()) }

    /// The bytes of ``serialized()``.
    public func serializedBytes() -> [UInt8] {
        var copy = XMLElementCopy(tape: tape)
        copy.append(self, declarations: declarationsInScope)
        return copy.bytes
    }
}

/// Bytes that elements are written to again. A query is written for its audit event in every request, so it goes straight to an
/// array.
private struct XMLElementCopy {
    let tape: XMLTape
    private(set) var bytes: [UInt8] = []

    init(tape: XMLTape) {
        self.tape = tape
        // The values are in the arena, the names are not: most elements are about as long again.
        bytes.reserveCapacity(min(tape.arena.count * 2 + 1024, 1 << 20))
    }

    mutating func append(_ element: XMLElement, declarations: [(prefix: String, uri: String)]) {
        let record = element.record
        bytes.append(UInt8(ascii: "<"))
        append(name: record.name)
        for declaration in declarations {
            bytes.append(contentsOf: " xmlns".utf8)
            if !declaration.prefix.isEmpty {
                bytes.append(UInt8(ascii: ":"))
                bytes.append(contentsOf: declaration.prefix.utf8)
            }
            bytes.append(contentsOf: "=\"".utf8)
            var uri = declaration.uri
            uri.withUTF8 { append(escaped: $0, for: .attribute) }
            bytes.append(UInt8(ascii: "\""))
        }
        for position in element.attributeRange {
            let attribute = tape.attributes[position]
            bytes.append(UInt8(ascii: " "))
            append(name: attribute.name)
            bytes.append(contentsOf: "=\"".utf8)
            append(value: attribute.start, attribute.count, for: .attribute)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
        appendContent(of: record)
        bytes.append(contentsOf: "</".utf8)
        append(name: record.name)
        bytes.append(UInt8(ascii: ">"))
    }

    /// Text and elements, by the places where they began.
    private mutating func appendContent(of record: XMLTape.Element) {
        var run = record.firstText
        var child = record.firstChild
        while run >= 0 || child >= 0 {
            let offset = child >= 0 ? tape.elements[Int(child)].offset : UInt32.max
            if run >= 0, tape.textRuns[Int(run)].start < offset {
                let piece = tape.textRuns[Int(run)]
                append(value: piece.start, piece.count, for: .text)
                run = piece.next
            } else {
                let next = XMLElement(tape: tape, index: child)
                append(next, declarations: next.ownDeclarations)
                child = tape.elements[Int(child)].nextSibling
            }
        }
    }

    private mutating func append(name index: Int32) {
        let name = tape.names[Int(index)]
        if !name.prefix.isEmpty {
            bytes.append(contentsOf: name.prefix.utf8)
            bytes.append(UInt8(ascii: ":"))
        }
        bytes.append(contentsOf: name.qualified.localName.utf8)
    }

    private mutating func append(value start: UInt32, _ count: UInt32, for place: XMLEscaping) {
        tape.withBytes(start: start, count: count) { append(escaped: $0, for: place) }
    }

    private mutating func append(escaped value: UnsafeBufferPointer<UInt8>, for place: XMLEscaping) {
        place.pieces(of: value) { bytes.append(contentsOf: $0) }
    }
}
