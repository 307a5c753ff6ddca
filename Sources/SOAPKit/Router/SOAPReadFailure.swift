/// Why a message could not be read.
enum SOAPReadFailure: Error {
    /// The message is at fault.
    case fault(SOAPFault)
    /// The envelopes of all requests leave no room for this one (``SOAPEnvelopeBudget``).
    case noRoom(SOAPEnvelopeBudget.Shortage)
    /// The body broke off: the peer went away, or the request was cancelled.
    case disconnected(any Error)
    /// The attachment store failed.
    case store(any Error)
}
