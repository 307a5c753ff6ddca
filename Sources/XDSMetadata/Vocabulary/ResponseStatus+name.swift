extension ResponseStatus {
    /// The last part of the URN: `Success`, `Failure` or `PartialSuccess`; for logs and metrics.
    public var name: String {
        switch self {
        case .success: "Success"
        case .failure: "Failure"
        case .partialSuccess: "PartialSuccess"
        }
    }
}
