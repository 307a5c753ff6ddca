/// The files a ``TrustStore`` is loaded from.
public struct TrustSources: Sendable, Hashable {
    /// PEM files with the authorities that certificates must lead to. A self-signed certificate in them becomes an
    /// anchor; one signed by another authority becomes an intermediate, which is not trusted by itself.
    public var anchors: [String]
    /// PEM files with intermediate authorities, for peers that do not send theirs.
    public var intermediates: [String]
    /// Revocation lists, PEM or DER: files, or folders whose files end in `.crl`, `.pem` or `.der`, in capitals or not.
    public var revocationLists: [String]

    /// Names the files; nothing is read yet.
    public init(anchors: [String], intermediates: [String] = [], revocationLists: [String] = []) {
        self.anchors = anchors
        self.intermediates = intermediates
        self.revocationLists = revocationLists
    }
}
