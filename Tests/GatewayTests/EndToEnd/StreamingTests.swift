import Foundation
import NIOCore
import NIOHTTP1
import Testing
import XDSMetadata

@testable import Gateway

@Suite("Documents of any size in constant memory", .serialized)
struct StreamingTests {
    private static let bound = 64 * 1024 * 1024

    @Test("192 MiB are submitted and retrieved with less than 64 MiB growth of the daemon", .timeLimit(.minutes(20)))
    func constantMemory() async throws {
        try await GatewayProcess.with { gateway in
            let partner = Partner(gateway, "hospital")
            // The first submission warms up what is needed once.
            #expect(
                try await partner.submit([partner.document(1, bytes: .random(1_000_000, seed: 1))]).status == .success)
            let before = try await gateway.residentBytes()
            let document = partner.document(2, bytes: .random(192 * 1024 * 1024, seed: 2))
            let peak = try await Self.peak(of: gateway) {
                let response = try await partner.submit([document], submission: 2)
                #expect(response.status == .success)
            }
            #expect(peak - before < Self.bound, "submission: \((peak - before) / 1_048_576) MiB")
            let retrievalPeak = try await Self.peak(of: gateway) {
                // curl writes to a file, so that the answer does not weigh on this process.
                try await Self.retrieve(document, by: partner, from: gateway)
            }
            #expect(retrievalPeak - before < Self.bound, "retrieval: \((retrievalPeak - before) / 1_048_576) MiB")
        }
    }

    private static func retrieve(_ document: DemoDocument, by partner: Partner, from gateway: GatewayProcess)
        async throws
    {
        let package = partner.messages.retrieve(uniqueIDs: [document.uniqueID])
        let request = gateway.folder + "/retrieve.mime"
        let answer = gateway.folder + "/answer.mime"
        try Data(package.body.flatMap { Array($0.readableBytesView) }).write(to: URL(fileURLWithPath: request))
        let result = try await GatewayProcess.run(
            "/usr/bin/curl",
            [
                "-s", "--fail", "--cacert", gateway.pki + "/ca.pem", "--cert", gateway.pki + "/gp.pem", "--key",
                gateway.pki + "/gp.key",
                "-H", "Content-Type: " + package.contentType, "--data-binary", "@" + request, "-o", answer,
                gateway.address + "/xds/repository",
            ])
        #expect(result.status == 0)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: answer), options: .alwaysMapped)
        let first = Data(document.bytes.readableBytesView.prefix(64))
        let start = try #require(bytes.range(of: first)).lowerBound
        let count = document.bytes.readableBytes
        #expect(bytes.count >= start + count)
        #expect(bytes[start..<start + count] == Data(document.bytes.readableBytesView))
    }

    /// The largest resident size of the daemon while something is done, looked at every 20 ms.
    private static func peak(of gateway: GatewayProcess, while body: @escaping @Sendable () async throws -> Void)
        async throws -> Int
    {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                try await body()
                return nil
            }
            group.addTask {
                var peak = 0
                while !Task.isCancelled {
                    peak = max(peak, try await gateway.residentBytes())
                    do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
                }
                return peak
            }
            _ = try await group.next()
            group.cancelAll()
            return try await group.next().flatMap { $0 } ?? 0
        }
    }

    @Test("a document inside the envelope as base64 is accepted where a part was possible")
    func inlineBase64() async throws {
        try await GatewayProcess.with { gateway in
            let partner = Partner(gateway, "gp")
            let document = partner.document(1, bytes: .random(300_000, seed: 5))
            let package = partner.messages.provideAndRegister([document], submission: 1)
            let include = #/<xop:Include[^>]*>/#
            let base64 = Data(document.bytes.readableBytesView).base64EncodedString(options: [.lineLength76Characters])
            let envelope = String(buffer: package.body[0]).components(separatedBy: "\r\n\r\n").dropFirst().joined()
                .replacing(include, with: base64)
            let answer = try await partner.post("/xds/repository", soap: envelope)
            let response = try RegistryResponse(decoding: try Partner.payload(answer))
            #expect(response.status == .success, "\(response.errors.map(\.context))")
            #expect(try await partner.retrieve([document.uniqueID]).documents[document.uniqueID] == document.bytes)
            #expect(gateway.storedFiles("staging").isEmpty)
        }
    }

    @Test("parts before the root, an unquoted boundary, a folded header, a Content-ID without brackets, an encoded cid")
    func unusualPackage() async throws {
        try await GatewayProcess.with { gateway in
            let partner = Partner(gateway, "gp")
            let document = partner.document(1, bytes: .random(70_000, seed: 6))
            let package = partner.messages.provideAndRegister([document], submission: 1)
            let envelope = String(buffer: package.body[0]).components(separatedBy: "\r\n\r\n").dropFirst().joined()
                .replacing("cid:Document1@demo", with: "cid:Document1%40demo")
            let parts = [
                ByteBuffer(
                    string:
                        "This is a MIME package.\r\n--b1\r\nCONTENT-ID: Document1@demo\r\nContent-Type: application/pdf;\r\n name=brief.pdf\r\n\r\n"
                ),
                document.bytes,
                ByteBuffer(
                    string:
                        "\r\n--b1  \r\nContent-Type: application/xop+xml; charset=UTF-8;\r\n\ttype=\"application/soap+xml\"\r\nContent-ID: <root@demo>\r\n\r\n\(envelope)\r\n--b1--\r\nepilogue"
                ),
            ]
            let answer = try await partner.post(
                "/xds/repository",
                package: .init(
                    contentType: "Multipart/Related; boundary=b1; type=\"application/xop+xml\"; start=\"<root@demo>\"",
                    body: parts))
            #expect(try RegistryResponse(decoding: try Partner.payload(answer)).status == .success)
            #expect(try await partner.retrieve([document.uniqueID]).documents[document.uniqueID] == document.bytes)
        }
    }
}
