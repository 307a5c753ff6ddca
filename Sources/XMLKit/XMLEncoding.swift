/// The character encodings a message may come in.
///
/// The charset of the transport goes before the XML declaration; a byte order mark goes before both.
/// - Source: RFC 7303, section 3
enum XMLEncoding {
    /// UTF-8, or UTF-16 with a byte order mark or an XML declaration to tell its byte order: libxml2 sees which.
    case unicode
    /// An encoding with one byte a character, by the name libxml2 converts it under.
    case singleByte(String)

    /// The encoding of a charset label, `nil` when it is not supported. Labels are compared without case.
    init?(label: String) {
        switch label.lowercased() {
        case "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be": self = .unicode
        case "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us": self = .singleByte("ASCII")
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1": self = .singleByte("ISO-8859-1")
        case "windows-1252", "cp1252", "cp-1252": self = .singleByte("CP1252")
        default: return nil
        }
    }
}
