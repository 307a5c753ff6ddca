public import XMLKit

extension SOAPFault {
    /// Reads a `soap12:Fault` that somebody answered us with. What is missing is left empty; an unknown code counts as
    /// `receiver`.
    /// - Parameter element: the element in the body; `nil` is returned when it is no fault.
    public init?(_ element: XMLElement, httpStatus: Int? = nil) {
        guard element.is(SOAPName.fault) else { return nil }
        func child(_ parent: XMLElement?, _ name: String) -> XMLElement? {
            parent?.first(QualifiedName(SOAPNamespace.soap12, name))
        }
        func value(_ code: XMLElement?) -> QualifiedName? {
            child(code, "Value").flatMap { $0.qualifiedName(inContent: $0.trimmedText) }
        }
        let code = child(element, "Code")
        let subcode = child(code, "Subcode")
        let detail = child(element, "Detail")
        let action = detail?.first(WSAddressing.name("ProblemAction"))?.first(WSAddressing.name("Action"))
        let header = detail?.first(WSAddressing.name("ProblemHeaderQName"))
        self.init(
            value(code).flatMap { Code(rawValue: $0.localName) } ?? .receiver,
            subcode: value(subcode), detailCode: value(child(subcode, "Subcode")),
            reason: child(child(element, "Reason"), "Text")?.trimmedText ?? "",
            problemAction: action?.trimmedText,
            problemHeader: header.flatMap { $0.qualifiedName(inContent: $0.trimmedText) },
            requestID: detail?.first(SOAPName.requestID)?.trimmedText, httpStatus: httpStatus)
    }
}
