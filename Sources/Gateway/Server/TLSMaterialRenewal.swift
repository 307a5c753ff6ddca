import Foundation
import Logging
import NIOPosix
import ServiceLifecycle

/// Reads certificates, keys, anchors and revocation lists again when their files change, without a restart.
///
/// New connections use what is new. What cannot be read is told in the log, and the old material stays in force.
struct TLSMaterialRenewal: Service {
    let holder: TLSMaterialHolder
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known = await state()
            while !Task.isCancelled {
                do { try await Task.sleep(for: interval) } catch { return }
                let current = await state()
                guard current != known else { continue }
                known = current
                await renew()
            }
        }
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
                    [files.certificate, files.key, files.trustAnchors] + (files.revocationLists.map { [$0] } ?? [])
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
