extension XMLElement {
    /// The child elements in document order.
    public struct Children: Sequence, IteratorProtocol, Sendable {
        let tape: XMLTape
        var following: Int32

        /// The next child.
        public mutating func next() -> XMLElement? {
            guard following >= 0 else { return nil }
            let element = XMLElement(tape: tape, index: following)
            following = tape.elements[Int(following)].nextSibling
            return element
        }
    }

    /// The child elements with one name, in document order.
    public struct NamedChildren: Sequence, IteratorProtocol, Sendable {
        let tape: XMLTape
        let name: QualifiedName
        var following: Int32
        /// The interned name last found to be the wanted one, so that equal names are not compared twice.
        var known: Int32 = -1

        /// The next child of the name.
        public mutating func next() -> XMLElement? {
            while following >= 0 {
                let index = following
                let record = tape.elements[Int(index)]
                following = record.nextSibling
                if record.name == known { return XMLElement(tape: tape, index: index) }
                if tape.names[Int(record.name)].qualified == name {
                    known = record.name
                    return XMLElement(tape: tape, index: index)
                }
            }
            return nil
        }
    }

    /// The child elements in document order.
    public var children: Children {
        Children(tape: tape, following: record.firstChild)
    }

    /// The first child element with this name.
    public func first(_ name: QualifiedName) -> XMLElement? {
        var children = all(name)
        return children.next()
    }

    /// The child elements with this name, in document order.
    public func all(_ name: QualifiedName) -> NamedChildren {
        NamedChildren(tape: tape, name: name, following: record.firstChild)
    }
}
