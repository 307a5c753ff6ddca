public import XMLKit

/// The conditions that lead to a fault, each with its code and status in one place.
extension SOAPFault {
    /// The message is wrong in a way no finer code exists for.
    public static func sender(_ reason: String, httpStatus: Int = 400) -> SOAPFault {
        SOAPFault(.sender, reason: reason, httpStatus: httpStatus)
    }

    /// We failed before the request could be understood.
    public static func receiver(_ reason: String, httpStatus: Int = 500) -> SOAPFault {
        SOAPFault(.receiver, reason: reason, httpStatus: httpStatus)
    }

    /// The content type or its encoding is not one we take: HTTP 415.
    public static func unsupportedMediaType(_ reason: String) -> SOAPFault {
        SOAPFault(.sender, reason: reason, httpStatus: 415)
    }

    /// The message or a part of it is larger than allowed: HTTP 413.
    public static func tooLarge(_ reason: String) -> SOAPFault {
        SOAPFault(.sender, reason: reason, httpStatus: 413)
    }

    /// The whole message is larger than allowed: HTTP 413.
    static func messageTooLarge(_ limit: Int) -> SOAPFault {
        tooLarge("The message is larger than \(limit) bytes.")
    }

    /// The envelope is of another SOAP version.
    public static func versionMismatch(_ reason: String) -> SOAPFault {
        SOAPFault(.versionMismatch, reason: reason)
    }

    /// Headers that must be understood are not.
    public static func mustUnderstand(_ headers: [QualifiedName]) -> SOAPFault {
        let names = headers.map(\.localName).joined(separator: ", ")
        return SOAPFault(
            .mustUnderstand, reason: "A header that must be understood is not understood: \(names).",
            notUnderstood: headers)
    }

    /// `wsa:MessageAddressingHeaderRequired`.
    public static func addressingRequired(_ header: String, _ reason: String) -> SOAPFault {
        SOAPFault(
            .sender, subcode: WSAddressing.name("MessageAddressingHeaderRequired"), reason: reason,
            problemHeader: WSAddressing.name(header))
    }

    /// `wsa:InvalidAddressingHeader`, with a finer code if there is one.
    public static func invalidAddressing(_ header: String, _ detail: String?, _ reason: String) -> SOAPFault {
        SOAPFault(
            .sender, subcode: WSAddressing.name("InvalidAddressingHeader"), detailCode: detail.map(WSAddressing.name),
            reason: reason, problemHeader: WSAddressing.name(header))
    }

    /// `wsa:ActionNotSupported`.
    public static func actionNotSupported(_ action: String) -> SOAPFault {
        SOAPFault(
            .sender, subcode: WSAddressing.name("ActionNotSupported"),
            reason: "The wsa:Action names no transaction that is offered at this address.", problemAction: action)
    }

    /// `wsa:InvalidAddressingHeader` with `wsa:ActionMismatch`: the Action and the body disagree.
    public static func actionMismatch(_ action: String, expected: QualifiedName) -> SOAPFault {
        SOAPFault(
            .sender, subcode: WSAddressing.name("InvalidAddressingHeader"),
            detailCode: WSAddressing.name("ActionMismatch"),
            reason: "The wsa:Action asks for the body element \(expected), but the body has another one.",
            problemAction: action, problemHeader: WSAddressing.name("Action"))
    }

    /// A failure of WS-Security, such as `InvalidSecurityToken` or `FailedCheck`.
    public static func security(_ localName: String, _ reason: String) -> SOAPFault {
        SOAPFault(.sender, subcode: QualifiedName(SOAPNamespace.security, localName), reason: reason)
    }

    /// The envelope cannot be read as XML.
    public static func unreadable(_ error: XMLError) -> SOAPFault {
        let reason = "The SOAP envelope cannot be read: \(error)."
        switch error.code {
        case .limitExceeded: return .tooLarge(reason)
        case .unsupportedEncoding: return .unsupportedMediaType(reason)
        default: return .sender(reason)
        }
    }

    /// The MIME package cannot be read.
    static func unreadable(_ error: MultipartError) -> SOAPFault {
        switch error {
        case .tooManyParts, .headerTooLarge, .trailingBytes: .tooLarge(error.description)
        case .illegalBoundary, .noBoundary, .notClosed, .malformedHeader: .sender(error.description)
        }
    }
}
