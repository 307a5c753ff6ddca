extension XMLElement {
    /// The namespace a prefix is bound to at this element, for qualified names in content; the empty prefix asks for
    /// the default namespace. `nil` when the prefix is not declared or its declaration is undone.
    public func namespaceURI(forPrefix prefix: String) -> String? {
        if prefix == "xml" { return XMLNamespace.xml }
        var scope = record.scope
        while scope >= 0 {
            let record = tape.scopes[Int(scope)]
            for position in Int(record.first)..<Int(record.first + record.count) {
                let declaration = tape.names[Int(tape.declarations[position])].qualified
                guard declaration.localName == prefix else { continue }
                return declaration.namespaceURI.isEmpty ? nil : declaration.namespaceURI
            }
            scope = record.parent
        }
        return nil
    }

    /// Resolves a qualified name in content (`prefix:local`). Without a prefix the default namespace applies, as XML
    /// Schema has it for `xs:QName`. `nil` for an undeclared prefix or an empty part.
    public func qualifiedName(inContent text: String) -> QualifiedName? {
        guard let colon = text.firstIndex(of: ":") else {
            return text.isEmpty ? nil : QualifiedName(namespaceURI(forPrefix: "") ?? "", text)
        }
        let local = String(text[text.index(after: colon)...])
        guard !local.isEmpty, let uri = namespaceURI(forPrefix: String(text[..<colon])) else { return nil }
        return QualifiedName(uri, local)
    }

    /// The namespace declarations written on this element itself, in document order.
    var ownDeclarations: [(prefix: String, uri: String)] {
        let record = self.record
        guard record.scope >= 0 else { return [] }
        if record.parent >= 0, tape.elements[Int(record.parent)].scope == record.scope { return [] }
        return declarations(of: record.scope)
    }

    /// Every declaration in force at this element, the inner one of each prefix.
    var declarationsInScope: [(prefix: String, uri: String)] {
        var found: [(prefix: String, uri: String)] = []
        // There are a handful of prefixes in a message; a sender of thousands must not make each be compared with all.
        var seen: Set<[UInt8]>?
        var scope = record.scope
        while scope >= 0 {
            for declaration in declarations(of: scope) {
                // By bytes: to XML an accent in one character and in two are different names, to Swift the same text.
                let prefix = declaration.prefix.utf8
                if seen == nil, found.count == 16 { seen = Set(found.map { Array($0.prefix.utf8) }) }
                let isNew =
                    seen?.insert(Array(prefix)).inserted ?? !found.contains { $0.prefix.utf8.elementsEqual(prefix) }
                if isNew { found.append(declaration) }
            }
            scope = tape.scopes[Int(scope)].parent
        }
        found.removeAll { $0.uri.isEmpty }
        found.sort { $0.prefix < $1.prefix }
        return found
    }

    private func declarations(of scope: Int32) -> [(prefix: String, uri: String)] {
        let record = tape.scopes[Int(scope)]
        return (Int(record.first)..<Int(record.first + record.count)).map { position in
            let name = tape.names[Int(tape.declarations[position])].qualified
            return (name.localName, name.namespaceURI)
        }
    }
}
