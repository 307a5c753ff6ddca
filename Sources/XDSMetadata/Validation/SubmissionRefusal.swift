/// Why a submission is refused: every error that was found, never empty.
public struct SubmissionRefusal: Error, Hashable, Sendable {
    /// The errors in the order of the rules.
    public let errors: [RegistryError]

    /// Makes a refusal.
    public init(errors: [RegistryError]) { self.errors = errors }
}
