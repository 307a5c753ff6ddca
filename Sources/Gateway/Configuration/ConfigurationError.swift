/// Everything that is wrong with the configuration, each problem with the name of its key.
struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Sentences that begin with a key or a file.
    let problems: [String]

    var description: String {
        (["the configuration cannot be used:"] + problems.map { "  " + $0 }).joined(separator: "\n")
    }
}
