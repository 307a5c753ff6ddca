/// How an envelope travels.
/// - Source: ITI TF-2: Appendix V.3.2 and V.3.6
public enum SOAPPackaging: String, Sendable, Hashable {
    /// The envelope alone, `application/soap+xml`.
    case simple
    /// The envelope as root of a MIME package with XOP references, `multipart/related`.
    case mtom
}
