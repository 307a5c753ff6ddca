/// What a document may cost. Every limit is enforced while the bytes arrive, before the memory is spent.
///
/// libxml2's own limits stay on as a second wall (256 levels, names of 50,000 bytes), so a higher `depth` than 256
/// has no effect.
public struct XMLParserLimits: Sendable, Hashable {
    /// Bytes of the whole document as they arrive, before decoding. At most 1 GiB is honoured.
    public var totalBytes: Int

    /// Levels of nested elements; the root is level 1.
    public var depth: Int

    /// Elements in the document.
    public var elements: Int

    /// Attributes and namespace declarations of one element, together.
    public var attributesPerElement: Int

    /// Bytes (UTF-8) of one attribute value.
    public var attributeBytes: Int

    /// Bytes (UTF-8) of the text directly inside one element.
    public var textBytes: Int

    /// Different names in the document, a name under two prefixes counting twice.
    public var distinctNames: Int

    /// Makes limits; what is not given is as in ``standard``.
    public init(
        totalBytes: Int = 16 << 20,
        depth: Int = 128,
        elements: Int = 1_000_000,
        attributesPerElement: Int = 128,
        attributeBytes: Int = 64 << 10,
        textBytes: Int = 16 << 20,
        distinctNames: Int = 20_000
    ) {
        self.totalBytes = totalBytes
        self.depth = depth
        self.elements = elements
        self.attributesPerElement = attributesPerElement
        self.attributeBytes = attributeBytes
        self.textBytes = textBytes
        self.distinctNames = distinctNames
    }

    /// Fits a submission of a thousand documents with their metadata (16 MiB) and nothing that is not a message.
    public static let standard = XMLParserLimits()

    /// Bytes of one tag, comment or processing instruction: libxml2 holds it in memory until its end has arrived, and
    /// looks through it again with every chunk, so this bounds both.
    var markupBytes: Int {
        max(256 << 10, min(attributeBytes, 1 << 26) * 4)
    }

    /// Bytes (UTF-8) of a namespace name. It stands once in a document and belongs to each of its names.
    var namespaceBytes: Int { min(attributeBytes, 4 << 10) }

    /// Offsets in the tape are 32 bits wide.
    var effectiveTotalBytes: Int {
        min(totalBytes, 1 << 30)
    }
}
