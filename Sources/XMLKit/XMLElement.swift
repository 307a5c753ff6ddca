/// An element of an ``XMLDocument``: a reference to the document and an index. Cheap to copy, safe to send.
public struct XMLElement: Sendable {
    let tape: XMLTape
    let index: Int32

    init(tape: XMLTape, index: Int32) {
        self.tape = tape
        self.index = index
    }

    var record: XMLTape.Element { tape.elements[Int(index)] }

    /// The expanded name.
    public var name: QualifiedName { tape.names[Int(record.name)].qualified }

    /// The local part of the name.
    public var localName: String { name.localName }

    /// The namespace of the name, empty for none.
    public var namespaceURI: String { name.namespaceURI }

    /// The prefix the sender wrote, empty for none. Only for writing the element again.
    public var prefix: String { tape.names[Int(record.name)].prefix }

    /// The line on which the start tag ends, from 1.
    public var line: Int { Int(record.line) }

    /// How many elements its document has.
    public var documentElementCount: Int { tape.elements.count }

    /// Whether the element has this name.
    public func `is`(_ name: QualifiedName) -> Bool {
        tape.names[Int(record.name)].qualified == name
    }

    /// The element around this one, `nil` for the root.
    public var parent: XMLElement? {
        let parent = record.parent
        return parent < 0 ? nil : XMLElement(tape: tape, index: parent)
    }
}

extension XMLElement: Hashable {
    /// Whether both are the same element of the same document.
    public static func == (left: XMLElement, right: XMLElement) -> Bool {
        left.index == right.index && left.tape === right.tape
    }

    /// Hashes the identity of the element.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(tape))
        hasher.combine(index)
    }
}
