import SOAPKit

/// The answer to a document over the configured limit.
enum OversizedDocument {
    static func fault(limit: Int) -> SOAPFault {
        SOAPFault.tooLarge("a document is larger than the \(limit) bytes accepted here")
    }
}
