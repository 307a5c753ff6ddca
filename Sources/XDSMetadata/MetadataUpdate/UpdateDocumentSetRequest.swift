public import XMLKit

/// ITI-57 and ITI-92 request: `lcm:SubmitObjectsRequest` with new versions and triggers.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.57.4.1; RMU supplement, ITI TF-2: 3.92.4.1.
public struct UpdateDocumentSetRequest: Sendable {
    /// The payload element.
    public static let element = RegisterDocumentSetRequest.element

    /// What is to be updated, not sorted into triggers yet.
    public let submission: UnverifiedSubmission

    /// Reads the request.
    ///
    /// - Throws: MessageDecodingError if it is another element or has no RegistryObjectList.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        submission = try RegisterDocumentSetRequest(decoding: element).submission
    }
}
