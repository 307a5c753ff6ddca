public import NIOCore

/// Writes XML as UTF-8. Names are written as given, with the prefix the caller chose; values are escaped. There is no
/// indentation.
///
/// The writer does not check that what is written is well-formed: tags are ours, only values come from elsewhere.
public struct XMLWriter: Sendable {
    /// An array and no ByteBuffer: a fragment is made of a thousand small pieces, and to append one costs an array less.
    private var bytes: [UInt8] = []

    /// Makes an empty writer.
    /// - Parameter capacity: bytes to set aside at once.
    public init(capacity: Int = 1024) {
        bytes.reserveCapacity(capacity)
    }

    /// What has been written.
    public var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }

    /// What has been written.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The XML declaration, with encoding UTF-8.
    public mutating func declaration() {
        raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
    }

    /// A start tag. An attribute whose value is `nil` is left out.
    public mutating func open(_ tag: String, _ attributes: (String, String?)...) {
        start(tag, attributes)
        bytes.append(UInt8(ascii: ">"))
    }

    /// An end tag.
    public mutating func close(_ tag: String) {
        raw("</")
        raw(tag)
        bytes.append(UInt8(ascii: ">"))
    }

    /// An element without content.
    public mutating func empty(_ tag: String, _ attributes: (String, String?)...) {
        start(tag, attributes)
        raw("/>")
    }

    /// Text, escaped.
    public mutating func text(_ string: String) {
        escaped(string, for: .text)
    }

    /// An element with text, or nothing at all when the text is `nil`.
    public mutating func element(_ tag: String, _ attributes: (String, String?)..., text: String?) {
        guard let text else { return }
        start(tag, attributes)
        bytes.append(UInt8(ascii: ">"))
        escaped(text, for: .text)
        close(tag)
    }

    /// An element whose content the closure writes.
    public mutating func element(
        _ tag: String, _ attributes: (String, String?)..., content: (inout XMLWriter) throws -> Void
    ) rethrows {
        start(tag, attributes)
        bytes.append(UInt8(ascii: ">"))
        try content(&self)
        close(tag)
    }

    /// Finished XML, written as it is.
    public mutating func raw(_ xml: String) {
        bytes.append(contentsOf: xml.utf8)
    }

    /// Finished XML, written as it is.
    public mutating func raw(_ xml: ByteBuffer) {
        xml.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
    }

    private mutating func start(_ tag: String, _ attributes: [(String, String?)]) {
        bytes.append(UInt8(ascii: "<"))
        raw(tag)
        for case (let name, let value?) in attributes {
            bytes.append(UInt8(ascii: " "))
            raw(name)
            raw("=\"")
            escaped(value, for: .attribute)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func escaped(_ value: String, for place: XMLEscaping) {
        var value = value
        value.withUTF8 { place.pieces(of: $0) { bytes.append(contentsOf: $0) } }
    }
}
