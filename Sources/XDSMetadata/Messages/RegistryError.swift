/// One error or warning of an answer. Errors are collected, never thrown, so that one answer reports them all.
///
/// - Source: ITI TF-3: 4.2.4.1.
public struct RegistryError: Hashable, Sendable {
    /// `@errorCode`.
    public var code: RegistryErrorCode
    /// `@codeContext`: plain words for the sender's developer. Patient ids only where the table of codes demands them.
    public var context: String
    /// `@severity`.
    public var severity: RegistryErrorSeverity
    /// `@location`: the actor, the object and the attribute (``ErrorSubject``); in XCA the homeCommunityId.
    public var location: String?

    /// Makes an error.
    public init(
        _ code: RegistryErrorCode, _ context: String, severity: RegistryErrorSeverity = .error, location: String? = nil
    ) {
        self.code = code
        self.context = context
        self.severity = severity
        self.location = location
    }
}

extension RegistryError: CustomStringConvertible {
    /// The code alone: the context may name values of the metadata.
    public var description: String { code.rawValue }
}
