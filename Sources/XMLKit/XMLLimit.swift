/// The limits a document can exceed; see ``XMLParserLimits`` for what each one counts.
public enum XMLLimit: String, Hashable, Sendable {
    /// Bytes of the whole document as they arrived.
    case totalBytes
    /// Levels of nested elements.
    case depth
    /// Elements in the document.
    case elements
    /// Attributes and namespace declarations of one element.
    case attributesPerElement
    /// Bytes of one attribute value.
    case attributeBytes
    /// Bytes of the text directly inside one element.
    case textBytes
    /// Bytes of one tag, comment or processing instruction.
    case markupBytes
    /// Different names (with their prefixes) in the document.
    case distinctNames
}
