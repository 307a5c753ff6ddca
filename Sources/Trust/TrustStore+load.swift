import COpenSSL
import FoundationEssentials

extension TrustStore {
    /// Makes a store from files. Blocks: never on an event loop.
    ///
    /// Every list whose issuer is among the authorities must carry that issuer's signature; a list of an authority
    /// only peers send is checked when it is used.
    /// - Parameter previous: what was in force: where all lists of an issuer are older than its newest one, that one
    ///   stays, so that nobody who was revoked comes back by an old file.
    /// - Throws: ``TrustError`` naming the file.
    public static func load(
        _ sources: TrustSources, policy: TrustPolicy = TrustPolicy(), after previous: TrustStore? = nil
    ) throws(TrustError) -> TrustStore {
        var anchors: [(CertificateHandle, Certificate)] = []
        var intermediates: [(CertificateHandle, Certificate)] = []
        for file in sources.anchors {
            for authority in try authorities(file) {
                if isSelfSigned(authority.0) { anchors.append(authority) } else { intermediates.append(authority) }
            }
        }
        guard !anchors.isEmpty else {
            throw TrustError(
                .unsuitable,
                "holds no self-signed authority; the root that the certificates lead to is needed",
                file: sources.anchors.first
            )
        }
        for file in sources.intermediates { intermediates += try authorities(file) }

        var lists: [(RevocationListHandle, RevocationList)] = []
        var skipped: [String] = []
        for path in sources.revocationLists {
            let selection = try TrustFile.files(at: path)
            skipped += selection.skipped
            for file in selection.files {
                for handle in try revocationLists(file) {
                    try checkSignature(of: handle, file: file, authorities: anchors + intermediates)
                    lists.append((handle, try RevocationList(handle, file: file)))
                }
            }
        }
        if let previous { lists += previous.lists(newerThan: lists.map { $0.1 }) }
        return try TrustStore(
            anchors: anchors, intermediates: intermediates, revocationLists: lists, skippedFiles: skipped,
            policy: policy)
    }

    private static func authorities(_ file: String) throws(TrustError) -> [(CertificateHandle, Certificate)] {
        let bytes = try TrustFile.bytes(file, limit: Certificate.maximumFileBytes)
        do throws(TrustError) {
            var found: [(CertificateHandle, Certificate)] = []
            for handle in try PEMReader.certificates(bytes) {
                let certificate = try Certificate(handle, der: handle.der())
                guard certificate.isAuthority else {
                    throw TrustError(.unsuitable, "\(certificate.subject) in it is no certificate authority")
                }
                found.append((handle, certificate))
            }
            return found
        } catch {
            throw error.about(file: file)
        }
    }

    private static func revocationLists(_ file: String) throws(TrustError) -> [RevocationListHandle] {
        let bytes = try TrustFile.bytes(file, limit: RevocationList.maximumFileBytes)
        do {
            return try PEMReader.revocationLists(bytes)
        } catch {
            throw error.about(file: file)
        }
    }

    private static func isSelfSigned(_ handle: CertificateHandle) -> Bool {
        defer { ERR_clear_error() }
        return X509_self_signed(handle.pointer, 1) == 1
    }

    /// The newest list of every issuer that has only older ones among `lists`.
    private func lists(newerThan lists: [RevocationList]) -> [(RevocationListHandle, RevocationList)] {
        var newest: [String: Date] = [:]
        for list in lists { newest[list.issuer] = max(newest[list.issuer] ?? .distantPast, list.thisUpdate) }
        return zip(revocationListHandles, revocationLists).filter { _, list in
            guard let other = newest[list.issuer] else { return false }
            return list.thisUpdate > other && list.thisUpdate == newestList(of: list.issuer)
        }
    }

    /// Reads lists that were fetched from somewhere, and believes them only with the signature of an authority here.
    /// - Parameter origin: where they came from, for the error.
    /// - Throws: ``TrustError`` `malformed`, `empty`, or `unsuitable` for a list that no authority here has signed.
    public func verifiedLists(_ bytes: [UInt8], origin: String) throws(TrustError) -> [RevocationList] {
        let handles: [RevocationListHandle]
        do {
            handles = try PEMReader.revocationLists(bytes)
        } catch {
            throw error.about(file: origin)
        }
        let authorities = Array(zip(anchorHandles + intermediateHandles, anchors + intermediates))
        var lists: [RevocationList] = []
        for handle in handles {
            let list = try RevocationList(handle, file: origin)
            guard authorities.contains(where: { $0.1.subject == list.issuer }) else {
                throw TrustError(.unsuitable, "the list is of \(list.issuer), which is no authority here", file: origin)
            }
            try Self.checkSignature(of: handle, file: origin, authorities: authorities)
            lists.append(list)
        }
        return lists
    }

    private static func checkSignature(
        of list: RevocationListHandle,
        file: String,
        authorities: [(CertificateHandle, Certificate)]
    ) throws(TrustError) {
        defer { ERR_clear_error() }
        let issuer = X509_CRL_get_issuer(list.pointer)
        let candidates = authorities.filter { X509_NAME_cmp(X509_get_subject_name($0.0.pointer), issuer) == 0 }
        guard let first = candidates.first else { return }
        let isSigned = candidates.contains { handle, _ in
            X509_get0_pubkey(handle.pointer).map { X509_CRL_verify(list.pointer, $0) == 1 } ?? false
        }
        guard isSigned else {
            throw TrustError(
                .unsuitable,
                "the revocation list in it does not carry the signature of \(first.1.subject)",
                file: file
            )
        }
    }
}
