/// What the content type of a message says about how to read it.
enum SOAPMessageForm: Sendable, Hashable {
    /// The envelope alone. `isSOAP12Type` is false for the types of SOAP 1.1 and of plain XML: such a message is read
    /// only to tell its sender what is wrong with it.
    case envelope(charset: String?, isSOAP12Type: Bool)
    /// A MIME package.
    case package(boundary: String, start: String?)

    var packaging: SOAPPackaging {
        switch self {
        case .envelope: .simple
        case .package: .mtom
        }
    }

    /// - Throws: a Sender fault, with HTTP 415 for a type or a coding that is not taken.
    init(contentType: String?, contentEncoding: String?) throws(SOAPFault) {
        if let contentEncoding, !contentEncoding.isEmpty, contentEncoding.lowercased() != "identity" {
            throw .unsupportedMediaType(
                "The body is compressed (Content-Encoding); only uncompressed requests are accepted.")
        }
        guard let contentType else {
            throw .unsupportedMediaType("The request has no Content-Type. \(Self.expected)")
        }
        guard let type = MediaType(contentType) else {
            throw .unsupportedMediaType("The Content-Type of the request is malformed. \(Self.expected)")
        }
        switch type.essence {
        case "application/soap+xml":
            self = .envelope(charset: type[parameter: "charset"], isSOAP12Type: true)
        case "text/xml", "application/xml":
            self = .envelope(charset: type[parameter: "charset"], isSOAP12Type: false)
        case "multipart/related":
            guard let boundary = type[parameter: "boundary"] else {
                throw .sender("The Content-Type multipart/related has no boundary parameter.")
            }
            let start = type[parameter: "start"].map(ContentID.bare)
            self = .package(boundary: boundary, start: start?.isEmpty == true ? nil : start)
        default:
            throw .unsupportedMediaType("The Content-Type of the request is not supported. \(Self.expected)")
        }
    }

    private static let expected =
        "Send application/soap+xml, or multipart/related with type=\"application/xop+xml\"."
}
