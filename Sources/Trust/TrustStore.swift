import COpenSSL
public import FoundationEssentials

/// Authorities, intermediates and revocation lists, and the check of a peer's chain against them.
///
/// Immutable, but for what it remembers of its own checks: a change of files makes a new store (``load(_:policy:)``),
/// and whoever holds the store swaps it. Checks may run on any number of threads at once: the `X509_STORE` is shared read-only and locks itself, every check has an
/// `X509_STORE_CTX` of its own. A check costs some signature verifications: never run it on an event loop.
///
/// - Source: RFC 5280, section 6; the path is built and judged by OpenSSL at its security level 2.
public final class TrustStore: Sendable {
    /// The trusted authorities, self-signed.
    public let anchors: [Certificate]
    /// Authorities that help to build paths.
    public let intermediates: [Certificate]
    /// The revocation lists at hand.
    public let revocationLists: [RevocationList]
    /// Files in the folders of lists that were not read, because their names say that they are no lists.
    public let skippedFiles: [String]
    /// The rules of the check.
    public let policy: TrustPolicy

    /// What was found trusted with this material.
    let trusted = TrustedChains()
    let store: StoreHandle
    let intermediateHandles: [CertificateHandle]
    let revocationListHandles: [RevocationListHandle]
    let anchorHandles: [CertificateHandle]

    /// A store over parsed material.
    init(
        anchors: [(CertificateHandle, Certificate)],
        intermediates: [(CertificateHandle, Certificate)],
        revocationLists: [(RevocationListHandle, RevocationList)],
        skippedFiles: [String],
        policy: TrustPolicy
    ) throws(TrustError) {
        let store = try StoreHandle()
        for (handle, _) in anchors { try store.add(anchor: handle) }
        for (handle, _) in revocationLists { try store.add(list: handle) }
        self.store = store
        self.anchors = anchors.map { $0.1 }
        self.intermediates = intermediates.map { $0.1 }
        self.revocationLists = revocationLists.map { $0.1 }
        self.skippedFiles = skippedFiles
        self.policy = policy
        intermediateHandles = intermediates.map { $0.0 }
        revocationListHandles = revocationLists.map { $0.0 }
        anchorHandles = anchors.map { $0.0 }
    }

    /// When the newest list of an issuer was issued; nil without any.
    public func newestList(of issuer: String) -> Date? {
        revocationLists.filter { $0.issuer == issuer }.map(\.thisUpdate).max()
    }

    /// The lists whose successor is overdue, for a warning or an alarm.
    public func staleRevocationLists(at time: Date = Date()) -> [RevocationList] {
        // An older list of an issuer that also has a fresh one is no reason to worry.
        let fresh = Set(revocationLists.filter { !$0.isStale(at: time) }.map(\.issuer))
        return revocationLists.filter { $0.isStale(at: time) && !fresh.contains($0.issuer) }
    }
}
