/// One demand on a submission. A rule judges by itself: it also runs when others failed, and says nothing about what
/// belongs to another rule.
protocol SubmissionRule: Sendable {
    /// Everything that breaks the rule; empty if nothing does.
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError]
}
