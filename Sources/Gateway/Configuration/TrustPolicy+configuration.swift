import Trust

extension TrustPolicy {
    /// The rules for revocation lists, from checked configuration.
    init(_ source: ConfigurationSource) {
        self.init(
            revocation: RevocationPolicy(rawValue: source.string("server.revocation")) ?? .requireList,
            staleList: StaleListPolicy(rawValue: source.string("server.staleLists")) ?? .refuse)
    }
}
