/// `RegistryError/@severity`.
///
/// - Source: ITI TF-3: 4.2.4.1.
public enum RegistryErrorSeverity: String, Hashable, Sendable, CaseIterable {
    /// The request, or a part of it, failed.
    case error = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
    /// The request was done, with a remark.
    case warning = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning"
}
