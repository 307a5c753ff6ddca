import XMLKit

/// The rules for header blocks that must be understood.
/// - Source: SOAP 1.2 part 1, sections 2.2 (roles), 2.4 and 5.2.3
enum SOAPHeaderBlock {
    private static let ourRoles: Set<String> = [
        "", "http://www.w3.org/2003/05/soap-envelope/role/next",
        "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
    ]

    /// Whether a block is targeted at us: no role, `next`, or `ultimateReceiver`.
    static func isForUs(_ block: XMLElement) -> Bool {
        guard let role = block.attribute(SOAPName.role) else { return true }
        return ourRoles.contains(role.filter { !$0.isWhitespace })
    }

    /// Refuses blocks with `mustUnderstand` that are targeted at us and not understood. All of them are named at once.
    static func checkUnderstood(_ header: XMLElement?, understood: Set<QualifiedName>) throws(SOAPFault) {
        guard let header else { return }
        var refused: [QualifiedName] = []
        for block in header.children {
            guard let mark = block.attribute(SOAPName.mustUnderstand) else { continue }
            guard let isMarked = boolean(mark) else {
                throw .sender("A mustUnderstand attribute is neither true nor false (line \(block.line)).")
            }
            let name = block.name
            guard isMarked, isForUs(block), name.namespaceURI != SOAPNamespace.addressing, !understood.contains(name)
            else {
                continue
            }
            refused.append(name)
        }
        if !refused.isEmpty { throw .mustUnderstand(refused) }
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text.filter({ !$0.isWhitespace }) {
        case "1", "true": true
        case "0", "false": false
        default: nil
        }
    }
}
