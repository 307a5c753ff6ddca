/// A coded element of an audit message: `csd-code`, `codeSystemName` and `originalText`.
///
/// - Source: DICOM PS3.15 A.5; the attribute `code` of RFC 3881 is not written.
public struct CodedElement: Sendable, Hashable {
    /// `@csd-code`.
    public let code: String
    /// `@codeSystemName`.
    public let codeSystemName: String
    /// `@originalText`.
    public let originalText: String

    /// A coded element, in the order in which the Framework writes EV(code, system, text).
    public init(_ code: String, _ codeSystemName: String, _ originalText: String) {
        self.code = code
        self.codeSystemName = codeSystemName
        self.originalText = originalText
    }

    /// A code of the DICOM controlled terminology.
    static func dicom(_ code: String, _ text: String) -> CodedElement { CodedElement(code, "DCM", text) }

    /// A code of RFC 3881.
    static func rfc3881(_ code: String, _ text: String) -> CodedElement { CodedElement(code, "RFC-3881", text) }

    /// An IHE transaction.
    static func transaction(_ number: String, _ name: String) -> CodedElement {
        CodedElement(number, "IHE Transactions", name)
    }

    /// What neither DICOM nor IHE has a code for.
    static func own(_ code: String, _ text: String) -> CodedElement { CodedElement(code, "ZorgNetOost XDS", text) }
}

extension CodedElement {
    // MARK: RoleIDCode

    static let application = dicom("110150", "Application")
    static let destinationRole = dicom("110152", "Destination Role ID")
    static let sourceRole = dicom("110153", "Source Role ID")

    // MARK: ParticipantObjectIDTypeCode

    static let patientNumber = rfc3881("2", "Patient Number")
    static let reportNumber = rfc3881("9", "Report Number")
    static let uri = rfc3881("12", "URI")
    static let submissionSetNode = CodedElement(
        "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd", "IHE XDS Metadata", "submission set classificationNode")
    static let objectReference = CodedElement(
        "urn:ihe:iti:2017:ObjectRef", "IHE XDS Metadata", "registry object reference")
}
