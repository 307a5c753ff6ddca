import Foundation
import NIOPosix
import NIOSSL
import PostgresKit
import ServiceLifecycle
import Testing
import XDSTesting

@testable import AuditTrail

@Suite("Forwarding by syslog over TLS: in order, at least once")
struct SyslogForwarderTests {
    private func forwarder(
        _ bench: AuditBench, port: Int, host: String = "localhost", session: Duration = .seconds(2),
        stall: Duration = .seconds(3)
    ) throws -> SyslogForwarder {
        let pki = try TestPKI.shared()
        var receiver = SyslogReceiver(
            host: host, port: port,
            tls: try SyslogReceiver.tls(
                certificate: pki.hospital.chain, key: pki.hospital.key, trustAnchors: pki.authority.certificate))
        receiver.stallTime = stall
        return SyslogForwarder(
            client: bench.client, receiver: receiver, renewal: { [receiver] in receiver },
            eventLoops: MultiThreadedEventLoopGroup.singleton,
            origin: .init(hostName: "node-1.example", application: "xds-gateway", process: "1"),
            enterpriseSiteID: "2.999.1.1", sessionTime: session, logger: PostgresFixture.silentLogger)
    }

    /// Runs a body beside a forwarder and stops the forwarder in good order.
    private func running<R: Sendable>(
        _ forwarder: SyslogForwarder, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let group = ServiceGroup(services: [forwarder], logger: PostgresFixture.silentLogger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result = try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    private func waitUntil(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "not within a minute")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func position(_ bench: AuditBench) async throws -> Int64 {
        let rows = try await bench.client.query("select sequence from audit_position where reader = 'syslog'")
        return try rows.first?.decode(Int64.self, column: 0) ?? 0
    }

    @Test("Every event arrives once and in order while the receiver is well, and the lag goes to zero")
    func inOrder() async throws {
        try await AuditBench.with { bench in
            let sink = SyslogSink()
            try await sink.listen { port in
                try await bench.write(20)
                let forwarder = try forwarder(bench, port: port)
                try await running(forwarder) {
                    try await waitUntil { try await position(bench) == 20 }
                    try await bench.write(10)
                    try await waitUntil { try await position(bench) == 30 && forwarder.figures.lag == 0 }
                }
                #expect(forwarder.figures.forwarded == 30)
            }
            #expect(sink.sequences == Array(1...30))
            #expect(sink.messages.allSatisfy { $0.hasPrefix("<85>1 ") && $0.hasSuffix("</AuditMessage>") })
        }
    }

    @Test(
        "A receiver that is down costs nothing but its lag; what waited arrives in order, also after a restart of ours")
    func receiverDown() async throws {
        try await AuditBench.with { bench in
            let sink = SyslogSink()
            let port = Int.random(in: 10_000..<30_000)
            try await bench.write(5)
            let first = try forwarder(bench, port: port)
            try await running(first) {
                try await waitUntil { first.figures.failures["unreachable", default: 0] >= 1 && first.figures.lag == 5 }
            }
            try await bench.write(5)
            try await sink.listen(port: port) { _ in
                let second = try forwarder(bench, port: port)
                try await running(second) { try await waitUntil { try await position(bench) == 10 } }
            }
            #expect(sink.sequences == Array(1...10))
        }
    }

    @Test("A session that breaks is sent again from the last confirmed event: nothing is missing, order holds")
    func brokenSession() async throws {
        try await AuditBench.with { bench in
            let sink = SyslogSink()
            try await bench.write(200)
            try await sink.listen(.breakingAfter(100_000)) { port in
                let forwarder = try forwarder(bench, port: port)
                try await running(forwarder) { try await waitUntil { !forwarder.figures.failures.isEmpty } }
            }
            #expect(try await position(bench) == 0, "nothing was confirmed")
            // Another receiver: the first one may still be reading what reached it before the break.
            let next = SyslogSink()
            try await next.listen { port in
                let forwarder = try forwarder(bench, port: port)
                try await running(forwarder) { try await waitUntil { try await position(bench) == 200 } }
            }
            #expect(next.sequences == Array(1...200))
        }
    }

    @Test("A receiver that takes nothing does not hold up a stop", .timeLimit(.minutes(5)))
    func stopWhileStalled() async throws {
        try await AuditBench.with { bench in
            let sink = SyslogSink()
            var event = AuditBench.event()
            event.query?.content = Array(repeating: 65, count: 1_000_000)
            for _ in 0..<3 { try await bench.journal().append(Array(repeating: event, count: 10)) }
            try await sink.listen(.neverReading) { port in
                let forwarder = try forwarder(bench, port: port, session: .seconds(3_600), stall: .seconds(3_600))
                try await running(forwarder) { try await waitUntil { sink.connections == 1 } }
            }
            #expect(try await position(bench) == 0)
        }
    }

    @Test(
        "A receiver that accepts and never reads is noticed, and nothing counts as forwarded", .timeLimit(.minutes(20)))
    func neverReading() async throws {
        try await AuditBench.with { bench in
            let sink = SyslogSink()
            try await bench.write(3)
            try await sink.listen(.neverReading) { port in
                let forwarder = try forwarder(bench, port: port)
                try await running(forwarder) {
                    try await waitUntil { forwarder.figures.failures["not-reading", default: 0] >= 1 }
                }
                #expect(forwarder.figures.lag == 3)
            }
            #expect(sink.connections >= 1)
            #expect(try await position(bench) == 0)
        }
    }

    @Test("A receiver whose certificate names another host gets nothing")
    func wrongHost() async throws {
        try await AuditBench.with { bench in
            let sink = SyslogSink()
            try await bench.write(1)
            try await sink.listen { port in
                let stranger = try TestPKI.shared()
                var receiver = SyslogReceiver(
                    host: "localhost", port: port,
                    tls: try SyslogReceiver.tls(
                        certificate: stranger.hospital.chain, key: stranger.hospital.key,
                        trustAnchors: stranger.strangerAuthority.certificate))
                receiver.stallTime = .seconds(3)
                let forwarder = SyslogForwarder(
                    client: bench.client, receiver: receiver, renewal: { [receiver] in receiver },
                    eventLoops: MultiThreadedEventLoopGroup.singleton,
                    origin: .init(hostName: "n", application: "a", process: "1"), enterpriseSiteID: "2.999",
                    logger: PostgresFixture.silentLogger)
                try await running(forwarder) {
                    try await waitUntil { forwarder.figures.failures["unreachable", default: 0] >= 1 }
                }
            }
            #expect(sink.messages.isEmpty)
        }
    }

    @Test("A renewed certificate is shown from the next session on; one that cannot be used leaves the last good one")
    func renewedCertificate() async throws {
        try await AuditBench.with { bench in
            let pki = try TestPKI.shared()
            let folder = pki.folder.appendingPathComponent("syslog-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            @Sendable func put(_ identity: TestPKI.Identity) throws {
                for (from, to) in [(identity.chain, "/sender.pem"), (identity.key, "/sender.key")] {
                    try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: folder + to))
                }
            }
            let sink = SyslogSink()
            try await sink.listen { port in
                let read: @Sendable () throws -> SyslogReceiver = {
                    SyslogReceiver(
                        host: "localhost", port: port,
                        tls: try SyslogReceiver.tls(
                            certificate: folder + "/sender.pem", key: folder + "/sender.key",
                            trustAnchors: pki.authority.certificate))
                }
                try put(pki.hospital)
                let forwarder = SyslogForwarder(
                    client: bench.client, receiver: try read(), renewal: read,
                    eventLoops: MultiThreadedEventLoopGroup.singleton,
                    origin: .init(hostName: "n", application: "a", process: "1"), enterpriseSiteID: "2.999",
                    sessionTime: .seconds(2), logger: PostgresFixture.silentLogger)
                try await running(forwarder) {
                    try await bench.write(1)
                    try await waitUntil { try await position(bench) == 1 }
                    try put(pki.careHome)
                    try await bench.write(1)
                    try await waitUntil { try await position(bench) == 2 }
                    try Data("no certificate".utf8).write(to: URL(fileURLWithPath: folder + "/sender.pem"))
                    try await bench.write(1)
                    try await waitUntil { try await position(bench) == 3 }
                }
            }
            let (hospital, careHome) = (try pki.der(pki.hospital.certificate), try pki.der(pki.careHome.certificate))
            #expect(sink.certificates == [hospital, careHome, careHome])
        }
    }

    @Test("Two nodes: one forwards at a time, nothing twice")
    func twoNodes() async throws {
        try await AuditBench.with { bench in
            let sink = SyslogSink()
            try await sink.listen { port in
                let (first, second) = (try forwarder(bench, port: port), try forwarder(bench, port: port))
                try await running(first) {
                    try await running(second) {
                        for _ in 0..<5 { try await bench.write(10) }
                        try await waitUntil { try await position(bench) == 50 }
                    }
                }
            }
            #expect(sink.sequences == Array(1...50))
        }
    }

    @Test(
        "A real rsyslog takes the messages over TLS with client certificates, in order, across its restart",
        .enabled(if: Rsyslog.isInstalled), .timeLimit(.minutes(20)))
    func rsyslog() async throws {
        try await AuditBench.with { bench in
            let server = try Rsyslog()
            try await bench.write(30)
            let forwarder = try forwarder(bench, port: server.port)
            try await running(forwarder) {
                try server.start()
                try await waitUntil { try await position(bench) == 30 }
                try await waitUntil { server.sequences.count >= 30 }
                try await server.stop()
                try await bench.write(30)
                try server.start()
                try await waitUntil { try await position(bench) == 60 }
                try await waitUntil { server.sequences.last == 60 }
            }
            try await server.stop()
            #expect(server.sequences == Array(1...60))
            server.remove()
        }
    }
}
