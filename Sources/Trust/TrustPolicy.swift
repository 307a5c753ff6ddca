/// Whether a revocation list of the issuer must be at hand to trust a certificate.
public enum RevocationPolicy: String, Sendable, CaseIterable {
    /// No valid list of the issuer of the peer's certificate, no trust. For the authorities above, as with `use`.
    case requireList = "require"
    /// A list that is at hand is used, for authorities too; its absence is no reason to refuse.
    case useListIfPresent = "use"
    /// Lists are not looked at.
    case off = "off"
}

/// What a revocation list past its nextUpdate is worth.
public enum StaleListPolicy: String, Sendable, CaseIterable {
    /// It is still used; who watches the store is told by ``TrustStore/staleRevocationLists(at:)``.
    case warn
    /// The certificates it covers are refused.
    case refuse
}

/// The rules a ``TrustStore`` checks by, beside the path itself.
public struct TrustPolicy: Sendable, Hashable {
    /// Whether a list is needed.
    public var revocation: RevocationPolicy
    /// What a stale list is worth.
    public var staleList: StaleListPolicy
    /// Intermediate certificates between a peer's certificate and an anchor at most.
    public var maximumIntermediates: Int
    /// Certificates a peer may send at most.
    public var maximumChainCertificates: Int
    /// Bytes of all certificates a peer may send at most.
    public var maximumChainBytes: Int

    /// Rules with safe defaults: lists are used where there are any, and stale ones are not enough.
    public init(
        revocation: RevocationPolicy = .useListIfPresent,
        staleList: StaleListPolicy = .refuse,
        maximumIntermediates: Int = 4,
        maximumChainCertificates: Int = 10,
        maximumChainBytes: Int = 128 * 1024
    ) {
        self.revocation = revocation
        self.staleList = staleList
        self.maximumIntermediates = maximumIntermediates
        self.maximumChainCertificates = maximumChainCertificates
        self.maximumChainBytes = maximumChainBytes
    }
}
