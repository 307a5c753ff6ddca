import Foundation
import Logging
import NIOPosix
import ServiceLifecycle
import Trust

/// Reads certificates, keys, anchors and revocation lists again when their files change, without a restart.
///
/// New connections use what is new. What cannot be read is told in the log, and the old material stays in force.
struct TLSMaterialRenewal: Service {
    let holder: TLSMaterialHolder
    let interval: Duration
    /// A list of this age is told about, though its successor is not overdue; nil: none is.
    let listAge: Duration?
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Compared with what was there before the first reading, so that no change since then is missed.
            var known = holder.initialState
            var told: Set<String> = []
            var skipped: Set<String> = []
            tellOldLists(&told)
            tellSkippedFiles(&skipped)
            while !Task.isCancelled {
                do { try await Task.sleep(for: interval) } catch { return }
                tellOldLists(&told)
                guard let current = await state(), current != known else { continue }
                known = current
                await renew()
                tellSkippedFiles(&skipped)
            }
        }
    }

    /// Tells about every issuer whose newest list is out of date, or old; once until there is a newer one.
    private func tellOldLists(_ told: inout Set<String>) {
        let store = holder.current.trustStore
        let old = Set(store.staleRevocationLists().map(\.issuer))
        let aged = Set(store.revocationLists.map(\.issuer)).filter { issuer in
            guard let listAge, let issued = store.newestList(of: issuer) else { return false }
            return -issued.timeIntervalSinceNow > Double(listAge.components.seconds)
        }
        for issuer in old.union(aged).subtracting(told).sorted() {
            logger.warning(
                old.contains(issuer)
                    ? "revocation list is out of date; server.staleLists says what that means for clients"
                    : "revocation list is old; its issuer should have published a newer one",
                metadata: [
                    "issuer": "\(issuer)", "issued": "\(store.newestList(of: issuer)?.formatted(.iso8601) ?? "-")",
                ])
        }
        told = old.union(aged)
    }

    /// Tells about every file beside the lists that is taken for none because of its name; once while it is there.
    private func tellSkippedFiles(_ told: inout Set<String>) {
        let skipped = Set(holder.current.trustStore.skippedFiles)
        for file in skipped.subtracting(told).sorted() {
            logger.warning(
                "a file among the revocation lists is not read; names of lists end in .crl, .pem or .der",
                metadata: ["file": "\(file)"])
        }
        told = skipped
    }

    private func renew() async {
        do {
            let holder = holder
            try await NIOThreadPool.singleton.runIfActive { try holder.reload() }
            logger.info("certificates, keys and revocation lists read again")
        } catch {
            logger.error(
                "changed certificates or lists cannot be used; the old ones stay", metadata: ["cause": "\(error)"])
        }
    }

    /// The files as they are now; nil when the process ends.
    private func state() async -> TLSFileState? {
        let files = holder.files
        do {
            return try await NIOThreadPool.singleton.runIfActive { TLSFileState(of: files) }
        } catch {
            // The pool stops with the process; there is nothing left to renew.
            return nil
        }
    }
}
