public import NIOCore
public import XMLKit

/// `rs:RegistryResponse`: the answer of ITI-41 and ITI-42, and the head of the answer of ITI-43.
///
/// - Source: ITI TF-3: 4.2.4; ITI TF-2: 3.42.4.2.
public struct RegistryResponse: Hashable, Sendable {
    /// `@status`.
    public let status: ResponseStatus
    /// Errors and warnings in the order they were found.
    public let errors: [RegistryError]

    /// Makes an answer of a given status.
    public init(status: ResponseStatus, errors: [RegistryError] = []) {
        self.status = status
        self.errors = errors
    }

    /// Makes the answer of an all-or-nothing transaction: Failure if there is an error, Success with warnings at most.
    public init(errors: [RegistryError]) {
        self.init(status: errors.contains { $0.severity == .error } ? .failure : .success, errors: errors)
    }

    /// The element with its namespace declarations, without an XML declaration.
    public func encoded() -> ByteBuffer {
        var writer = XMLWriter()
        write(to: &writer, declaringNamespaces: .all)
        return writer.buffer
    }

    /// Which declarations the element carries.
    enum NamespaceDeclarations {
        case all
        case none
    }

    func write(to writer: inout XMLWriter, declaringNamespaces declarations: NamespaceDeclarations) {
        let namespace = declarations == .all ? XDSNamespace.rs : nil
        if errors.isEmpty {
            writer.empty("rs:RegistryResponse", ("xmlns:rs", namespace), ("status", status.rawValue))
        } else {
            writer.element("rs:RegistryResponse", ("xmlns:rs", namespace), ("status", status.rawValue)) { writer in
                Self.write(errors, to: &writer)
            }
        }
    }

    /// Writes `rs:RegistryErrorList`; nothing for an empty list.
    static func write(_ errors: [RegistryError], to writer: inout XMLWriter) {
        if errors.isEmpty { return }
        let worst = errors.contains { $0.severity == .error } ? RegistryErrorSeverity.error : .warning
        writer.element("rs:RegistryErrorList", ("highestSeverity", worst.rawValue)) { writer in
            for error in errors {
                writer.empty(
                    "rs:RegistryError", ("errorCode", error.code.rawValue), ("codeContext", error.context),
                    ("severity", error.severity.rawValue), ("location", error.location)
                )
            }
        }
    }

    /// Reads an answer, as a client.
    ///
    /// - Throws: MessageDecodingError for another element or an unknown status.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.is(.rs("RegistryResponse")) else {
            throw MessageDecodingError("the answer is not an rs:RegistryResponse", at: element)
        }
        let (status, errors) = try Self.statusAndErrors(of: element)
        self.init(status: status, errors: errors)
    }

    static func statusAndErrors(
        of element: XMLElement
    ) throws(MessageDecodingError) -> (ResponseStatus, [RegistryError]) {
        guard let status = element.attribute("status").flatMap(ResponseStatus.init(rawValue:)) else {
            throw MessageDecodingError("the status of the answer is missing or unknown", at: element)
        }
        var errors: [RegistryError] = []
        if let list = element.first(.rs("RegistryErrorList")) {
            for child in list.all(.rs("RegistryError")) {
                let severity = child.attribute("severity").flatMap(RegistryErrorSeverity.init(rawValue:))
                errors.append(
                    RegistryError(
                        RegistryErrorCode(rawValue: child.attribute("errorCode") ?? ""),
                        child.attribute("codeContext") ?? "", severity: severity ?? .error,
                        location: child.attribute("location")
                    )
                )
            }
        }
        return (status, errors)
    }
}
