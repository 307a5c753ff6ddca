extension XMLElement {
    /// The attributes in document order; namespace declarations are not among them.
    public struct Attributes: Sequence, IteratorProtocol, Sendable {
        let tape: XMLTape
        var position: Int
        let end: Int

        /// The next attribute.
        public mutating func next() -> (name: QualifiedName, value: String)? {
            guard position < end else { return nil }
            let attribute = tape.attributes[position]
            position += 1
            let value = tape.string(start: attribute.start, count: attribute.count)
            return (tape.names[Int(attribute.name)].qualified, value)
        }
    }

    /// The attributes in document order; namespace declarations are not among them.
    public var attributes: Attributes {
        let range = attributeRange
        return Attributes(tape: tape, position: range.lowerBound, end: range.upperBound)
    }

    /// The value of an attribute in no namespace, `nil` when it is absent.
    public func attribute(_ localName: String) -> String? {
        for position in attributeRange {
            let attribute = tape.attributes[position]
            let name = tape.names[Int(attribute.name)].qualified
            if name.localName == localName, name.namespaceURI.isEmpty {
                return tape.string(start: attribute.start, count: attribute.count)
            }
        }
        return nil
    }

    /// The value of an attribute, `nil` when it is absent.
    public func attribute(_ name: QualifiedName) -> String? {
        for position in attributeRange {
            let attribute = tape.attributes[position]
            if tape.names[Int(attribute.name)].qualified == name {
                return tape.string(start: attribute.start, count: attribute.count)
            }
        }
        return nil
    }

    var attributeRange: Range<Int> {
        let record = self.record
        return Int(record.firstAttribute)..<Int(record.firstAttribute + record.attributeCount)
    }
}
