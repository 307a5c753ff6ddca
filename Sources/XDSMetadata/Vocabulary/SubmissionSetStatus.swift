/// Value of the Slot SubmissionSetStatus on a HasMember from the SubmissionSet to a DocumentEntry.
///
/// - Source: ITI TF-3: 4.2.2.
public enum SubmissionSetStatus: String, Hashable, Sendable, CaseIterable {
    /// The DocumentEntry is part of this submission.
    case original = "Original"
    /// The DocumentEntry is in the registry already; its patient may be another one.
    case reference = "Reference"
}
