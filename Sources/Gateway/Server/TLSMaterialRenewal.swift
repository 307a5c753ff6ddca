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
            var known = await state()
            var told: Set<String> = []
            tellOldLists(&told)
            while !Task.isCancelled {
                do { try await Task.sleep(for: interval) } catch { return }
                tellOldLists(&told)
                let current = await state()
                guard current != known else { continue }
                known = current
                await renew()
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

    /// Names, sizes and times of change of the files; differs when one of them changed.
    private func state() async -> [String] {
        let files = holder.files
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                let paths =
                    [files.certificate, files.key, files.trustAnchors]
                    + [files.revocationLists, files.fetchedLists].compactMap { $0 }
                return paths.flatMap(Self.state(of:))
            }
        } catch {
            // The pool stops with the process; there is nothing left to renew.
            return []
        }
    }

    private static func state(of path: String) -> [String] {
        let manager = FileManager.default
        let inside = (try? manager.contentsOfDirectory(atPath: path)) ?? []
        return ([path] + inside.sorted().map { path + "/" + $0 }).map { file in
            // A file that is missing at this moment differs from one that is there; loading it then tells what is wrong.
            let attributes = try? manager.attributesOfItem(atPath: file)
            return "\(file) \(attributes?[.size] ?? "-") \(attributes?[.modificationDate] ?? "-")"
        }
    }
}
