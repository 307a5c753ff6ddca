import AsyncHTTPClient
import CoreMetrics
import Foundation
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Trust

/// Fetches revocation lists over HTTP and keeps the last good one of every address on disk.
///
/// A list is taken only with the signature of an authority here, and when it is not older than the one in force; then it
/// replaces the file of its address and is in force at once. Whatever goes wrong leaves the old one.
/// - Source: CIBG, certification practice statement of the UZI register: a new list every hour.
struct RevocationListFetcher: Service {
    /// What became of a fetch, for metrics.
    enum Outcome: String, Sendable {
        case fresh, unchanged, failed
    }

    /// Why a list that was fetched is not taken.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// For one list.
    private static let timeLimit = TimeAmount.seconds(60)
    /// How soon addresses that peers brought are looked at.
    private static let pause = Duration.seconds(15)

    let addresses: RevocationListAddresses
    let folder: String
    let interval: Duration
    let holder: TLSMaterialHolder
    let logger: Logger
    let metrics: MetricsRegistry

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var due: [String: ContinuousClock.Instant] = [:]
            var failing: Set<String> = []
            while !Task.isCancelled {
                for address in addresses.all where due[address] ?? .now <= .now {
                    due[address] = .now + interval
                    await fetch(address, &failing)
                }
                do { try await Task.sleep(for: min(Self.pause, interval)) } catch { return }
            }
        }
    }

    private func fetch(_ address: String, _ failing: inout Set<String>) async {
        let outcome: Outcome
        do {
            outcome = try await fetch(address)
            if failing.remove(address) != nil {
                logger.notice("revocation list can be fetched again", metadata: ["address": "\(address)"])
            }
        } catch _ where Task.isCancelled {
            return
        } catch {
            outcome = .failed
            if failing.insert(address).inserted {
                logger.warning(
                    "revocation list could not be fetched; the last good one stays",
                    metadata: ["address": "\(address)", "cause": "\(error)"])
            }
        }
        Counter(label: "xds_revocation_fetches_total", dimensions: [("outcome", outcome.rawValue)], factory: metrics)
            .increment()
    }

    /// Fetches one list and puts it in force when it is good and new.
    func fetch(_ address: String) async throws -> Outcome {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: address), timeout: Self.timeLimit)
        guard response.status == .ok else { throw Refused(description: "answered HTTP \(response.status.code)") }
        let body = try await response.body.collect(upTo: RevocationList.maximumFileBytes)
        let (holder, folder) = (holder, folder)
        let lists = try await NIOThreadPool.singleton.runIfActive { () -> [RevocationList] in
            let bytes = Array(body.readableBytesView)
            let store = holder.current.trustStore
            let lists = try store.verifiedLists(bytes, origin: address)
            guard try Self.areNew(lists, in: store) else { return [] }
            try Self.keep(bytes, as: Self.file(of: address, in: folder))
            try holder.reload()
            return lists
        }
        for list in lists {
            logger.info(
                "revocation list fetched",
                metadata: [
                    "issuer": "\(list.issuer)", "issued": "\(list.thisUpdate.formatted(.iso8601))",
                    "next": "\(list.nextUpdate?.formatted(.iso8601) ?? "-")", "certificates": "\(list.count)",
                ])
        }
        return lists.isEmpty ? .unchanged : .fresh
    }

    /// Whether one of the lists is newer than what is in force.
    /// - Throws: ``Refused`` when one is older, or not in force yet.
    static func areNew(_ lists: [RevocationList], in store: TrustStore, at time: Date = Date()) throws -> Bool {
        var isNew = false
        for list in lists {
            guard list.thisUpdate <= time + 300 else {
                throw Refused(
                    description: "the list of \(list.issuer) is in force only from "
                        + "\(list.thisUpdate.formatted(.iso8601)); compare the clocks")
            }
            guard let newest = store.newestList(of: list.issuer) else {
                isNew = true
                continue
            }
            guard list.thisUpdate >= newest else {
                throw Refused(
                    description: "the list of \(list.issuer) was issued on "
                        + "\(list.thisUpdate.formatted(.iso8601)), before the one in force")
            }
            if list.thisUpdate > newest { isNew = true }
        }
        return isNew
    }

    /// The file that keeps the last good list of an address.
    static func file(of address: String, in folder: String) -> String {
        let name = address.unicodeScalars.map { scalar in
            CharacterSet.alphanumerics.contains(scalar) && scalar.isASCII ? String(scalar) : "-"
        }.joined()
        // Two addresses may differ in what became a hyphen.
        return "\(folder)/\(name.prefix(120))-\(address.utf8.reduce(5_381 as UInt32) { $0 &* 33 ^ UInt32($1) }).crl"
    }

    /// Replaces a file by one that is on disk as a whole.
    private static func keep(_ bytes: [UInt8], as file: String) throws {
        let temporary = URL(fileURLWithPath: file + ".new")
        try Data(bytes).write(to: temporary)
        let handle = try FileHandle(forWritingTo: temporary)
        try handle.synchronize()
        try handle.close()
        guard rename(temporary.path, file) == 0 else {
            throw Refused(description: "\(file) cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
