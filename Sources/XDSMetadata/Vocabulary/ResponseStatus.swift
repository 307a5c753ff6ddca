/// `@status` of a RegistryResponse or AdhocQueryResponse.
///
/// - Source: ITI TF-3: 4.2.4.
public enum ResponseStatus: String, Hashable, Sendable, CaseIterable {
    /// Done; warnings are possible.
    case success = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
    /// At least one error, and nothing done.
    case failure = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
    /// At least one error, and some results. Not used by ITI-41 and ITI-42.
    case partialSuccess = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
}
