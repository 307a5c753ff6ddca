import Foundation
import NIOCore
import SOAPKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Golden messages")
struct GoldenMessageTests {
    private static let folder: URL = {
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<2 { place.deleteLastPathComponent() }
        return place.appending(path: "Fixtures/messages")
    }()

    /// A file as it goes over the wire: line breaks and indentation are for readers only.
    private static func message(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            .replacing(#/>\n\s*/#, with: ">").replacing(#/\n\s+/#, with: " ")
    }

    @Test("each request of Tests/Fixtures/messages, in their order, has the answer beside it, byte for byte")
    func answersByteForByte() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".request.xml") }.sorted()
        #expect(names.count >= 6)
        try await RegistryBench.with { bench in
            let router = SOAPRouter(operations: bench.registry.operations, attachments: NoAttachments())
            for name in names {
                let request = SampleMessage.simple(ByteBuffer(string: try Self.message(name)))
                let body = AsyncStream<ByteBuffer> { stream in
                    stream.yield(request.body)
                    stream.finish()
                }
                let response = await router.respond(
                    contentType: request.contentType, body: body, context: RegistryBench.caller, requestID: "request")
                var answer = ByteBuffer()
                try await response.write { answer.writeImmutableBuffer($0) }
                // The one thing that differs from answer to answer.
                let text = String(buffer: answer).replacing(
                    #/<wsa:MessageID>[^<]*/#, with: "<wsa:MessageID>urn:uuid:of-this-answer")
                #expect(try text == Self.message(name.replacing("request.xml", with: "answer.xml")), "\(name)")
            }
        }
    }
}
