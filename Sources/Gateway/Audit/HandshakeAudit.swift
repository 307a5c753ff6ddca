import AuditTrail
import Logging
import NIOCore
import ServiceLifecycle

/// Records handshakes that failed. Off the path of connections, and bounded: one event a minute for the same address and reason,
/// with the number of those left out, so that a million failures do not fill the trail.
struct HandshakeAudit: Service {
    private struct Failure: Sendable {
        let failure: MutualTLSFailure
        let address: String
    }

    /// Failures that wait to be recorded at most; more are in the log and the metrics alone.
    private static let waitingLimit = 1_000

    private let writer: AuditWriter
    private let logger: Logger
    private let limiter = MutualTLSLogLimiter()
    private let failures: AsyncStream<Failure>
    private let continuation: AsyncStream<Failure>.Continuation

    init(writer: AuditWriter, logger: Logger) {
        self.writer = writer
        self.logger = logger
        (failures, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingLimit))
    }

    /// Takes an event of a connection; returns at once.
    func note(_ event: MutualTLSEvent) {
        guard case .failed(let failure, let address, _) = event else { return }
        // A peer that only looks whether the port is open showed nothing and asked for nothing.
        if case .disconnected = failure { return }
        continuation.yield(Failure(failure: failure, address: address))
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            for await failure in failures { await record(failure) }
        } onGracefulShutdown: {
            continuation.finish()
        }
    }

    private func record(_ failure: Failure) async {
        let host = NetworkAccessPoint(failure.address)?.id ?? failure.address
        guard let event = event(failure, host: host) else { return }
        do {
            try await writer.record([event])
        } catch {
            logger.error("a failed handshake could not be recorded", metadata: ["cause": "\(error)"])
        }
    }

    private func event(_ failure: Failure, host: String) -> AuditEvent? {
        guard let left = limiter.admit("\(host) \(failure.failure.word)", now: .now()) else { return nil }
        var event = AuditEvent(.nodeAuthentication, outcome: .seriousFailure)
        event.outcomeDescription = failure.failure.sentence
        event.address = failure.address
        event.objects = [
            AuditObject(.peer, id: failure.address, details: [.init("Reason", failure.failure.word)] + left.details)
        ]
        return event
    }
}

extension MutualTLSLogLimiter.Left {
    /// As an event tells it; nothing if nothing was left out.
    var details: [AuditObject.Detail] {
        var details: [AuditObject.Detail] = []
        if out > 0 { details.append(.init("LeftOut", String(out))) }
        if outOfOthers > 0 { details.append(.init("LeftOutOfOthers", String(outOfOthers))) }
        return details
    }
}
