extension XMLDocument {
    /// All elements of one name, wherever they are, in document order.
    public struct NamedElements: Sequence, IteratorProtocol, Sendable {
        let tape: XMLTape
        let names: [Int32]
        var index = 0

        /// The next element of the name.
        public mutating func next() -> XMLElement? {
            guard !names.isEmpty else { return nil }
            while index < tape.elements.count {
                let found = index
                index += 1
                if names.contains(tape.elements[found].name) { return XMLElement(tape: tape, index: Int32(found)) }
            }
            return nil
        }
    }

    /// All elements of one name, wherever they are, in document order. Costs next to nothing when the name does not
    /// occur in the document.
    public func elements(_ name: QualifiedName) -> NamedElements {
        let ids = tape.names.indices.filter { tape.names[$0].qualified == name }
        return NamedElements(tape: tape, names: ids.map { Int32($0) })
    }
}
