public import XMLKit

/// A protocol failure, answered as a SOAP 1.2 fault. Failures of the business are ordinary answers, never faults.
///
/// `reason` is plain English for whoever set up the sender. It says what is wrong and where; where it must quote
/// something of the message, `logReason` is without it.
/// - Source: SOAP 1.2 part 1, section 5.4; WS-Addressing 1.0 SOAP binding, section 6
public struct SOAPFault: Error, Sendable, Hashable {
    /// The fault codes of SOAP 1.2.
    public enum Code: String, Sendable, Hashable {
        /// The message is at fault; sent again unchanged it fails again.
        case sender = "Sender"
        /// We are at fault; the same message may succeed later.
        case receiver = "Receiver"
        /// The envelope is not SOAP 1.2.
        case versionMismatch = "VersionMismatch"
        /// A header that must be understood is not.
        case mustUnderstand = "MustUnderstand"
        /// The encoding of data is unknown.
        case dataEncodingUnknown = "DataEncodingUnknown"
    }

    /// The code.
    public var code: Code
    /// A finer code, of WS-Addressing or WS-Security; its namespace must be one of these.
    public var subcode: QualifiedName?
    /// A still finer code inside `subcode`, such as `wsa:InvalidCardinality`.
    public var detailCode: QualifiedName?
    /// One or two plain sentences.
    public var reason: String
    /// What a log says in place of a `reason` that quotes the message.
    public var logReason: String?
    /// For `wsa:ActionNotSupported`: the action received.
    public var problemAction: String?
    /// For other addressing faults: the header at fault.
    public var problemHeader: QualifiedName?
    /// Headers not understood, for `mustUnderstand`.
    public var notUnderstood: [QualifiedName]
    /// The id under which our log knows the request.
    public var requestID: String?
    /// The HTTP status that carries the fault.
    public var httpStatus: Int

    /// Makes a fault. Without `httpStatus` it is 400 for `sender`, otherwise 500.
    public init(
        _ code: Code, subcode: QualifiedName? = nil, detailCode: QualifiedName? = nil, reason: String,
        problemAction: String? = nil, problemHeader: QualifiedName? = nil, notUnderstood: [QualifiedName] = [],
        requestID: String? = nil, httpStatus: Int? = nil
    ) {
        self.code = code
        self.subcode = subcode
        self.detailCode = detailCode
        self.reason = reason
        self.problemAction = problemAction
        self.problemHeader = problemHeader
        self.notUnderstood = notUnderstood
        self.requestID = requestID
        self.httpStatus = httpStatus ?? (code == .sender ? 400 : 500)
    }

    /// The `wsa:Action` of the fault message.
    public var action: String {
        subcode?.namespaceURI == SOAPNamespace.addressing
            ? "http://www.w3.org/2005/08/addressing/fault" : "http://www.w3.org/2005/08/addressing/soap/fault"
    }
}

extension SOAPFault: CustomStringConvertible {
    /// Code and reason, fit for a log: nothing of the message.
    public var description: String {
        let codes = [code.rawValue, subcode?.localName, detailCode?.localName].compactMap { $0 }
        return "\(codes.joined(separator: "/")): \(logReason ?? reason)"
    }
}
