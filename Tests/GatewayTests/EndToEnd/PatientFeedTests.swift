import Foundation
import HL7Kit
import NIOCore
import Testing
import XDSMetadata
import XMLKit

@testable import Gateway

@Suite("Patient identity feed over the wire: ITI-8 and ITI-64 by MLLP over TLS")
struct PatientFeedTests {
    private static let domain = "2.16.840.1.113883.2.4.6.3"

    private static func cx(_ bsn: String) -> String { "\(bsn)^^^&\(domain)&ISO" }

    private static func feed(_ gateway: GatewayProcess, _ certificate: String = "hospital") -> DemoFeed {
        DemoFeed(pki: gateway.pki, certificate: certificate, port: gateway.mllpPort)
    }

    private static func frame(_ message: String) -> [UInt8] { MLLPFrameStateMachine.frame(Array(message.utf8)) }

    /// MSA-1 and MSA-2 of an answer.
    private static func codes(_ answers: [String]) -> [String] {
        answers.map { answer in
            let fields = answer.split(separator: "\r").first { $0.hasPrefix("MSA") }?.split(
                separator: "|", omittingEmptySubsequences: false)
            return fields?.dropFirst().prefix(2).joined(separator: " ") ?? "none"
        }
    }

    @Test("a registered patient can get documents; a merge moves them, and the history tells who and by which message")
    func feedAndMerge() async throws {
        try await GatewayProcess.with { gateway in
            let (one, two) = (Self.cx("100000009"), Self.cx("100000010"))
            let answers = try await Self.feed(gateway).send([
                DemoMessages.register(patient: one, number: "N1"), DemoMessages.register(patient: two, number: "N2"),
            ])
            #expect(Self.codes(answers) == ["AA N1", "AA N2"])
            let hospital = Partner(gateway, "hospital")
            let documents = [1, 2].map { hospital.document($0, bytes: .random(500, seed: UInt64($0))) }
            #expect(try await hospital.submit([documents[0]], submission: 1, patient: one).status == .success)
            #expect(try await hospital.submit([documents[1]], submission: 2, patient: two).status == .success)

            let merged = try await Self.feed(gateway).send([
                DemoMessages.merge(survivor: one, subsumed: two, number: "N3"),
                DemoMessages.merge(survivor: one, subsumed: two, number: "N4"),
            ])
            #expect(Self.codes(merged) == ["AA N3", "AE N4"])
            #expect(merged[1].contains("ERR|MRG^1^1^204&Unknown key identifier&HL70357"))
            let found = try await hospital.find(patient: one).extrinsicObjects.compactMap(\.uniqueID)
            #expect(Set(found) == Set(documents.map(\.uniqueID)))
            #expect(try await hospital.find(patient: two).extrinsicObjects.isEmpty)
            #expect(
                try await hospital.submit([documents[0]], submission: 3, patient: two).errors.map(\.code)
                    .contains(.unknownPatientId))

            let history = try await gateway.command(["patient", "history", two])
            for part in ["added", "N2", "subsumed", one, "hospital", "ITI-8", "N3"] {
                #expect(history.output.contains(part), "\(part)")
            }
            let list = try await gateway.command(["patient", "list"])
            #expect(list.output.split(separator: "\n").contains { $0.hasPrefix(two) && $0.contains(one) })
            let metrics = try await gateway.operations("/metrics").body
            #expect(
                metrics.contains(
                    #"xds_requests_total{transaction="ITI-8",organisation="hospital",outcome="Success"} 3"#))
            #expect(
                metrics.contains(
                    #"xds_requests_total{transaction="ITI-8",organisation="hospital",outcome="Failure"} 1"#))
            // Its last lines are written when it ends.
            _ = await gateway.terminate()
            let log = try String(contentsOfFile: gateway.log, encoding: .utf8)
            #expect(log.contains("request answered"))
            #expect(!log.contains("100000009") && !log.contains("Voorbeeld"), "patient data stands in the log")
        }
    }

    @Test("messages split and joined on the wire, bytes outside of frames: answered one by one, in order")
    func splitAndJoined() async throws {
        try await GatewayProcess.with { gateway in
            let messages = (1...5).map { DemoMessages.register(patient: Self.cx("100000009"), number: "S\($0)") }
            let stream = Array("\r\nnoise ".utf8) + messages.flatMap(Self.frame)
            for size in [1, 37, stream.count] where size > 1 || stream.count < 4_000 {
                let pieces = stride(from: 0, to: stream.count, by: size).map {
                    ByteBuffer(bytes: stream[$0..<min($0 + size, stream.count)])
                }
                let answers = try await Self.feed(gateway).exchange(pieces, answers: 5)
                #expect(Self.codes(answers) == (1...5).map { "AA S\($0)" }, "in pieces of \(size)")
            }
        }
    }

    @Test("bad input gets a clear negative answer or the end of the connection; the next message is served")
    func badInput() async throws {
        let environment = ["XDS_MLLP_MESSAGE_BYTES": "2048", "XDS_MLLP_MESSAGE_SECONDS": "2"]
        try await GatewayProcess.with(environment: environment) { gateway in
            let good = DemoMessages.register(patient: Self.cx("100000009"), number: "OK")
            let head = #"MSH|^~\&|A|B|C|D|20261126||ADT^A04|BIG|P|2.3.1"#
            let bad: [(String, [UInt8], String)] = [
                ("garbage in a frame", Self.frame("<xml/>"), "AR "),
                ("an empty frame", Self.frame(""), "AR "),
                ("an unknown type", Self.frame(head.replacing("ADT^A04", with: "ORU^R01")), "AR BIG"),
                ("an unsupported character set", Self.frame(head + "||||||UNICODE UTF-16"), "AR BIG"),
                ("too long", Self.frame(head + "\rPID|||" + String(repeating: "x", count: 100_000)), "AR BIG"),
                ("never ended", [0x0B] + Array(head.utf8), "AR BIG"),
                ("without PID", Self.frame(head), "AE BIG"),
            ]
            for (name, bytes, answer) in bad {
                let pieces = [ByteBuffer(bytes: bytes), ByteBuffer(bytes: Self.frame(good))]
                let answers = try await Self.feed(gateway).exchange(pieces, answers: 2)
                #expect(Self.codes(answers) == [answer, "AA OK"], "\(name)")
            }
            let slow = try await Self.feed(gateway).exchange([ByteBuffer(bytes: [0x0B] + Array(head.utf8))], answers: 2)
            #expect(Self.codes(slow) == ["AR BIG"], "a message without end is given up, and the connection ends")
            let http = "GET / HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X-Filler: 1\r\n", count: 200)
            #expect(try await Self.feed(gateway).exchange([ByteBuffer(string: http)], answers: 1).isEmpty)
            let random: [ByteBuffer] = [.random(60_000, seed: 7), ByteBuffer(bytes: [0x1C, 0x0D])]
            _ = try await Self.feed(gateway).exchange(random, answers: 0)
            #expect(Self.codes(try await Self.feed(gateway).send([good])) == ["AA OK"])
        }
    }

    @Test("who may not feed gets AR with words; who is not registered too; revoked and strange ones fail the handshake")
    func refusals() async throws {
        try await GatewayProcess.with { gateway in
            let message = DemoMessages.register(patient: Self.cx("100000009"), number: "R1")
            let gp = try await Self.feed(gateway, "gp").send([message])
            #expect(Self.codes(gp) == ["AR R1"])
            #expect(gp[0].contains("organisation gp may not call ITI-8"))
            let nobody = try await Self.feed(gateway, "unregistered").send([message])
            #expect(Self.codes(nobody) == ["AR R1"])
            #expect(nobody[0].contains("belongs to no organisation registered here"))
            for certificate in ["revoked", "expired", "stranger"] {
                #expect(try await Self.answersNothing(Self.feed(gateway, certificate), message), "\(certificate)")
            }
        }
    }

    private static func answersNothing(_ feed: DemoFeed, _ message: String) async throws -> Bool {
        do {
            return try await feed.send([message]).isEmpty
        } catch is DemoFeed.Failure {
            return false
        } catch {
            return true
        }
    }

    @Test("a stop answers the message in work; what was acknowledged is there after a restart")
    func stop() async throws {
        try await GatewayProcess.with { gateway in
            let messages = (1...200).map {
                DemoMessages.register(patient: Self.cx(String(200_000_000 + $0)), number: "T\($0)")
            }
            async let answers = Self.feed(gateway).exchange(
                [ByteBuffer(bytes: messages.flatMap(Self.frame))], answers: messages.count)
            try await Task.sleep(for: .milliseconds(100))
            #expect(await gateway.terminate() == 0)
            let acknowledged = Self.codes(try await answers)
            #expect(acknowledged == (1...200).prefix(acknowledged.count).map { "AA T\($0)" })
            let list = try await gateway.command(["patient", "list"])
            for number in 1...200 where number <= acknowledged.count {
                #expect(list.output.contains(String(200_000_000 + number)))
            }
        }
    }

    @Test("XDS_MLLP_ENABLED=false: the daemon serves without the HL7 v2 door")
    func disabled() async throws {
        try await GatewayProcess.with(environment: ["XDS_MLLP_ENABLED": "false"]) { gateway in
            await #expect(throws: (any Error).self) {
                try await Self.feed(gateway).send([DemoMessages.register(patient: Self.cx("1"), number: "1")])
            }
            let found = try await Partner(gateway, "gp").find().extrinsicObjects
            #expect(found.isEmpty)
        }
    }
}
