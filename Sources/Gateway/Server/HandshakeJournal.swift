import AccessControl
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Trust

/// Gathers what happens at the front door by address, and writes it to the database in the background.
///
/// Told on event loops: it takes a lock for a moment and never waits. A flood from many addresses is counted, not kept.
final class HandshakeJournal: Service {
    /// Addresses kept between two writings at most.
    static let maximumAddresses = 2_000

    private struct State {
        var tallies: [String: HandshakeRegister.Tally] = [:]
        var omitted = 0
    }

    private let register: HandshakeRegister
    private let interval: Duration
    private let logger: Logger
    private let state = Mutex(State())

    /// A journal that writes once every `interval`.
    init(register: HandshakeRegister, interval: Duration, logger: Logger) {
        self.register = register
        self.interval = interval
        self.logger = logger
    }

    /// Handshakes that were not noted because too many addresses came at once, for metrics.
    var omitted: Int { state.withLock { $0.omitted } }

    /// Takes note of an event.
    func note(_ event: MutualTLSEvent, at time: Date = Date()) {
        switch event {
        case .admitted(let peer):
            change(peer.remoteAddress) { tally in
                tally.accepted += 1
                tally.acceptance = .init(at: time, certificate: peer.certificate.subject)
            }
        case .failed(let failure, let address, _):
            change(address) { tally in
                tally.failed += 1
                tally.failure = .init(at: time, reason: failure.word, explanation: failure.sentence)
            }
        case .slow:
            break
        }
    }

    /// Takes note of a verified peer that may not come in.
    func noteRefusal(address: String, reason: String, explanation: String, at time: Date = Date()) {
        change(address) { tally in
            tally.failed += 1
            tally.failure = .init(at: time, reason: reason, explanation: explanation)
        }
    }

    private func change(_ peer: String, _ change: (inout HandshakeRegister.Tally) -> Void) {
        let address = Self.host(of: peer)
        state.withLock { state in
            guard state.tallies.count < Self.maximumAddresses || state.tallies[address] != nil else {
                state.omitted += 1
                return
            }
            change(&state.tallies[address, default: .init(address: address)])
        }
    }

    /// Writes until the daemon stops, and once more then.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: self.interval) } catch { break }
                await self.write()
            }
        }
        await write()
    }

    /// Writes what was gathered. What cannot be written is given up: the log has it.
    func write() async {
        let tallies = state.withLock { state in
            defer { state.tallies = [:] }
            return Array(state.tallies.values)
        }
        do {
            try await register.add(tallies)
        } catch {
            logger.debug(
                "handshakes could not be noted",
                metadata: ["addresses": "\(tallies.count)", "cause": "\(error)"])
        }
    }

    /// The address without its port.
    static func host(of peer: String) -> String {
        guard let colon = peer.lastIndex(of: ":"), colon != peer.startIndex else { return peer }
        return peer[..<colon].trimmingCharacters(in: ["[", "]"])
    }
}
