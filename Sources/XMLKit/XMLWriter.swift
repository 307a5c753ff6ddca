public import NIOCore

/// Writes XML as UTF-8 into a ``buffer``. Names are written as given, with the prefix the caller chose; values are
/// escaped. There is no indentation.
///
/// The writer does not check that what is written is well-formed: tags are ours, only values come from elsewhere.
public struct XMLWriter: Sendable {
    /// What has been written.
    public var buffer: ByteBuffer

    /// Makes an empty writer.
    /// - Parameter capacity: bytes to set aside at once.
    public init(capacity: Int = 1024) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// The XML declaration, with encoding UTF-8.
    public mutating func declaration() {
        buffer.writeString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
    }

    /// A start tag. An attribute whose value is `nil` is left out.
    public mutating func open(_ tag: String, _ attributes: (String, String?)...) {
        start(tag, attributes)
        buffer.writeInteger(UInt8(ascii: ">"))
    }

    /// An end tag.
    public mutating func close(_ tag: String) {
        buffer.writeStaticString("</")
        buffer.writeString(tag)
        buffer.writeInteger(UInt8(ascii: ">"))
    }

    /// An element without content.
    public mutating func empty(_ tag: String, _ attributes: (String, String?)...) {
        start(tag, attributes)
        buffer.writeStaticString("/>")
    }

    /// Text, escaped.
    public mutating func text(_ string: String) {
        buffer.writeEscaped(string, for: .text)
    }

    /// An element with text, or nothing at all when the text is `nil`.
    public mutating func element(_ tag: String, _ attributes: (String, String?)..., text: String?) {
        guard let text else { return }
        start(tag, attributes)
        buffer.writeInteger(UInt8(ascii: ">"))
        buffer.writeEscaped(text, for: .text)
        close(tag)
    }

    /// An element whose content the closure writes.
    public mutating func element(
        _ tag: String, _ attributes: (String, String?)..., content: (inout XMLWriter) throws -> Void
    ) rethrows {
        start(tag, attributes)
        buffer.writeInteger(UInt8(ascii: ">"))
        try content(&self)
        close(tag)
    }

    /// Finished XML, written as it is.
    public mutating func raw(_ xml: String) {
        buffer.writeString(xml)
    }

    /// Finished XML, written as it is.
    public mutating func raw(_ xml: ByteBuffer) {
        buffer.writeImmutableBuffer(xml)
    }

    mutating func start(_ tag: String, _ attributes: [(String, String?)]) {
        buffer.writeInteger(UInt8(ascii: "<"))
        buffer.writeString(tag)
        for case (let name, let value?) in attributes { attribute(name, value) }
    }

    mutating func attribute(_ name: String, _ value: String) {
        buffer.writeInteger(UInt8(ascii: " "))
        buffer.writeString(name)
        buffer.writeStaticString("=\"")
        buffer.writeEscaped(value, for: .attribute)
        buffer.writeInteger(UInt8(ascii: "\""))
    }
}
