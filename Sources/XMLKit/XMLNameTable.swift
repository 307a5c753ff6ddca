import CLibXML2

/// Interns names while a document is parsed.
///
/// libxml2 hands out one pointer for each distinct string of a parse (its dictionary), so a name that was met before
/// is found by its three pointers, without looking at its characters. The pointers mean nothing once the parser
/// context is gone, which owns the table for that reason; a document keeps only the Swift names.
struct XMLNameTable {
    /// What the three pointers of an entry stand for.
    private enum Kind: UInt8 {
        case vacant
        case name
        case declaration
    }

    private struct Slot {
        var kind: Kind = .vacant
        var id: Int32 = -1
        var local: UInt = 0
        var prefix: UInt = 0
        var uri: UInt = 0
        /// The last document it was met in.
        var document: UInt32 = 0
    }

    /// The names found, in this document and in those before it, in the order of their first appearance; the position is
    /// the id.
    private(set) var names: [XMLTape.Name] = []
    /// How many different names this document has.
    private(set) var countInDocument = 0
    private var document: UInt32 = 1
    private var slots: [Slot]
    /// One string for each namespace, shared by all its names.
    private var namespaces: [UInt: String] = [:]

    /// A table without names.
    init() {
        slots = [Slot](repeating: Slot(), count: 128)
    }

    private init(slots: [Slot]) {
        self.slots = slots
    }

    /// Stands where a table is not in use; no name can be looked up in it.
    static var none: XMLNameTable { XMLNameTable(slots: []) }

    /// How many names are known.
    var count: Int { names.count }

    /// Names are counted anew.
    mutating func beginDocument() {
        document &+= 1
        countInDocument = 0
    }

    /// The id of an element or attribute name. A prefix without a declaration stays part of the local name, so that
    /// such a name matches nothing by accident.
    mutating func name(
        local: UnsafePointer<xmlChar>, prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?
    ) -> Int32 {
        find(.name, UInt(bitPattern: local), UInt(bitPattern: prefix), UInt(bitPattern: uri)) { table in
            let localName = String(cString: local)
            let prefixName = prefix.map { String(cString: $0) } ?? ""
            guard let uri else {
                let written = prefixName.isEmpty ? localName : "\(prefixName):\(localName)"
                return XMLTape.Name(qualified: QualifiedName("", written), prefix: "")
            }
            return XMLTape.Name(qualified: QualifiedName(table.namespace(uri), localName), prefix: prefixName)
        }
    }

    /// The id of a namespace declaration: the prefix as local name, empty for the default namespace.
    mutating func declaration(prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?) -> Int32 {
        find(.declaration, UInt(bitPattern: prefix), 0, UInt(bitPattern: uri)) { table in
            let prefixName = prefix.map { String(cString: $0) } ?? ""
            let uriName = uri.map { table.namespace($0) } ?? ""
            return XMLTape.Name(qualified: QualifiedName(uriName, prefixName), prefix: "")
        }
    }

    private mutating func find(
        _ kind: Kind, _ local: UInt, _ prefix: UInt, _ uri: UInt,
        make: (inout XMLNameTable) -> XMLTape.Name
    ) -> Int32 {
        var position = Self.hash(local, prefix, uri) & (slots.count - 1)
        while true {
            let slot = slots[position]
            if slot.kind == .vacant { break }
            if slot.local == local, slot.uri == uri, slot.prefix == prefix, slot.kind == kind {
                if slot.document != document {
                    slots[position].document = document
                    countInDocument += 1
                }
                return slot.id
            }
            position = (position + 1) & (slots.count - 1)
        }
        let id = Int32(names.count)
        let name = make(&self)
        names.append(name)
        slots[position] = Slot(kind: kind, id: id, local: local, prefix: prefix, uri: uri, document: document)
        countInDocument += 1
        if names.count * 2 > slots.count { grow() }
        return id
    }

    private mutating func namespace(_ uri: UnsafePointer<xmlChar>) -> String {
        let key = UInt(bitPattern: uri)
        if let known = namespaces[key] { return known }
        let namespace = String(cString: uri)
        namespaces[key] = namespace
        return namespace
    }

    private mutating func grow() {
        var larger = [Slot](repeating: Slot(), count: slots.count * 2)
        for slot in slots where slot.kind != .vacant {
            var position = Self.hash(slot.local, slot.prefix, slot.uri) & (larger.count - 1)
            while larger[position].kind != .vacant { position = (position + 1) & (larger.count - 1) }
            larger[position] = slot
        }
        slots = larger
    }

    private static func hash(_ local: UInt, _ prefix: UInt, _ uri: UInt) -> Int {
        let mixed =
            (local &* 0x9E37_79B9_7F4A_7C15) ^ (prefix &* 0xC2B2_AE3D_27D4_EB4F) ^ (uri &* 0x1656_67B1_9E37_79F9)
        return Int(truncatingIfNeeded: mixed >> 24)
    }
}
