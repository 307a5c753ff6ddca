/// The storage of a document: contiguous arrays and one arena of UTF-8 bytes in document order.
///
/// An index of -1 means "none". Offsets and counts are in bytes of the arena.
final class XMLTape: Sendable {
    /// One element. `offset` is the length of the arena when its start tag was met, which orders it among the text
    /// runs of its parent.
    struct Element: Sendable {
        var name: Int32
        var parent: Int32
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
        var firstAttribute: Int32
        var attributeCount: Int32
        var firstText: Int32 = -1
        var scope: Int32
        var offset: UInt32
        var line: Int32
    }

    /// One attribute; its value is a range of the arena.
    struct Attribute: Sendable {
        var name: Int32
        var start: UInt32
        var count: UInt32
    }

    /// An uninterrupted piece of text directly inside an element.
    struct TextRun: Sendable {
        var start: UInt32
        var count: UInt32
        var next: Int32 = -1
    }

    /// The namespace declarations of one element: a range of `declarations`, and the scope around it.
    struct Scope: Sendable {
        var parent: Int32
        var first: Int32
        var count: Int32
    }

    /// An interned name. A namespace declaration is interned as the name (namespace, prefix).
    struct Name: Sendable {
        var qualified: QualifiedName
        var prefix: String
    }

    let elements: [Element]
    let attributes: [Attribute]
    let textRuns: [TextRun]
    let scopes: [Scope]
    let declarations: [Int32]
    let names: [Name]
    let arena: [UInt8]
    let undeclaredPrefixCount: Int

    init(_ builder: XMLTapeBuilder) {
        elements = builder.elements
        attributes = builder.attributes
        textRuns = builder.textRuns
        scopes = builder.scopes
        declarations = builder.declarations
        names = builder.names.names
        arena = builder.arena
        undeclaredPrefixCount = builder.undeclaredPrefixCount
    }

    func string(start: UInt32, count: UInt32) -> String {
        guard count > 0 else { return "" }
        return withBytes(start: start, count: count) { String(decoding: $0, as: UTF8.self) }
    }

    /// Lends a range of the arena.
    func withBytes<R>(start: UInt32, count: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        arena.withUnsafeBufferPointer { bytes in
            body(UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(start) + Int(count)]))
        }
    }
}
