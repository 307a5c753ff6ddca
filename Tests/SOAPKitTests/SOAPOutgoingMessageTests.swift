import NIOCore
import Synchronization
import Testing
import XMLKit

@testable import SOAPKit

@Suite struct SOAPOutgoingMessageTests {
    private static func reply(_ contents: [String]) -> SOAPReply {
        var pieces: [SOAPReply.Piece] = [.xml(ByteBuffer(string: "<x:Response xmlns:x='\(Samples.xds)'>"))]
        for (number, content) in contents.enumerated() {
            pieces.append(.xml(ByteBuffer(string: "<x:Document>")))
            let attachment = OutgoingAttachment(
                contentID: "doc \(number):é@x", mediaType: "text/plain", byteCount: content.utf8.count
            ) { write in
                for byte in content.utf8 { try await write(ByteBuffer(bytes: [byte])) }
            }
            pieces.append(.content(attachment))
            pieces.append(.xml(ByteBuffer(string: "</x:Document>")))
        }
        pieces.append(.xml(ByteBuffer(string: "</x:Response>")))
        return SOAPReply(pieces: pieces)
    }

    @Test(
        "what we send, our own reader reads, in both packagings and any cut", arguments: [SOAPPackaging.simple, .mtom])
    func roundTrips(packaging: SOAPPackaging) async throws {
        let contents = ["", "a", "ab", "\r\n--MIMEBoundary\r\n--\r\n", String(repeating: "0123456789", count: 1000)]
        let message = SOAPOutgoingMessage.request(
            action: "urn:a", to: "https://there/?a&b", packaging: packaging,
            headers: [ByteBuffer(string: "<w:Security xmlns:w='\(SOAPNamespace.security)'/>")],
            body: Self.reply(contents))
        let bytes = try await message.collected()
        #expect(bytes.readableBytes == message.byteCount)
        #expect(message.buffers == nil)
        for size in [1, 13, 4096, Int.max] {
            let answer = try await SOAPAnswer.read(
                contentType: message.contentType, body: ChunkedBody(bytes, size: size), attachments: MemoryStore())
            #expect(answer.message.packaging == packaging)
            #expect(answer.message.envelope.addressing.action == "urn:a")
            #expect(answer.message.envelope.to == "https://there/?a&b")
            #expect(answer.message.envelope.security != nil)
            #expect(answer.fault == nil)
            var read: [String] = []
            for document in answer.payload.all(Samples.document) {
                read.append(String(buffer: try await answer.message.content(of: document).bytes))
            }
            #expect(read == contents)
        }
    }

    @Test("ITI TF-2: V.3.6: the golden form of an MTOM message")
    func hasGoldenForm() async throws {
        let reply = SOAPReply(
            body: [ByteBuffer(string: "<p/>")],
            attachments: [
                OutgoingAttachment(contentID: "c@x", mediaType: "text/plain", bytes: ByteBuffer(string: "data"))
            ])
        let message = SOAPOutgoingMessage.answer(action: "urn:r", relatesTo: "urn:m", packaging: .mtom, reply: reply)
        let type = try #require(MediaType(message.contentType))
        let boundary = try #require(type[parameter: "boundary"])
        let start = try #require(type[parameter: "start"])
        #expect(message.contentType.contains("boundary=\"\(boundary)\""))
        #expect(message.contentType.contains("start=\"\(start)\""))
        let text = String(buffer: try await message.collected())
        #expect(
            text.hasPrefix(
                "--\(boundary)\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"\r\n"
                    + "Content-Transfer-Encoding: binary\r\nContent-ID: \(start)\r\n\r\n<?xml version=\"1.0\" encoding=\"UTF-8\"?><S:Envelope "
            ))
        #expect(
            text.hasSuffix(
                "<S:Body><p/></S:Body></S:Envelope>\r\n--\(boundary)\r\nContent-Type: text/plain\r\n"
                    + "Content-Transfer-Encoding: binary\r\nContent-ID: <c@x>\r\n\r\ndata\r\n--\(boundary)--\r\n"))
    }

    @Test("a media type or content id cannot add header lines")
    func keepsHeaderLines() async throws {
        let attachment = OutgoingAttachment(
            contentID: "a\r\nX: y", mediaType: "text/plain\r\n\r\nbody", bytes: ByteBuffer(string: "data"))
        let message = SOAPOutgoingMessage.answer(
            action: "urn:r", relatesTo: nil, packaging: .mtom,
            reply: SOAPReply(body: [ByteBuffer(string: "<p/>")], attachments: [attachment]))
        let text = String(buffer: try await message.collected())
        #expect(text.utf8String.split("\r\nContent-Type: text/plainbody\r\n") == 2)
        #expect(text.utf8String.split("\r\nContent-ID: <aX: y>\r\n") == 2)
    }

    @Test("an attachment that is shorter or longer than announced breaks the message off", arguments: [3, 5])
    func checksLength(announced: Int) async throws {
        let attachment = OutgoingAttachment(contentID: "a", mediaType: "x/y", byteCount: announced) { write in
            try await write(ByteBuffer(string: "1234"))
        }
        for packaging in [SOAPPackaging.simple, .mtom] {
            let reply = SOAPReply(pieces: [
                .xml(ByteBuffer(string: "<p>")), .content(attachment), .xml(ByteBuffer(string: "</p>")),
            ])
            let message = SOAPOutgoingMessage.answer(
                action: "urn:r", relatesTo: nil, packaging: packaging, reply: reply)
            await #expect(throws: OutgoingAttachment.WrongLength(announced: announced, written: 4)) {
                _ = try await message.collected()
            }
        }
    }

    @Test("a fault answered by a peer is recognised; a broken answer is a fault of ours")
    func readsFaults() async throws {
        let fault = SOAPFault.actionNotSupported("urn:x")
        let answer = try await SOAPAnswer.read(
            contentType: Samples.soapType, body: ChunkedBody(fault.encode(relatesTo: nil)), attachments: NoAttachments()
        )
        #expect(answer.fault?.subcode?.localName == "ActionNotSupported")
        await #expect(throws: SOAPFault.self) {
            _ = try await SOAPAnswer.read(
                contentType: "text/html", body: ChunkedBody("<html/>"), attachments: NoAttachments())
        }
        await #expect(throws: ChunkedBody.Broken.self) {
            _ = try await SOAPAnswer.read(
                contentType: Samples.soapType, body: ChunkedBody("<a>", breaks: true), attachments: NoAttachments())
        }
    }

    @Test("message ids are random UUIDs, and none comes twice, whoever asks at the same time")
    func messageIDs() async throws {
        let ids = await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { (0..<1_000).map { _ in MessageID.uuid() } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 8_000)
        let form = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        for id in ids { #expect(id.wholeMatch(of: form) != nil) }
    }
}

extension String {
    fileprivate var utf8String: ByteText { ByteText(bytes: Array(utf8)) }
}

/// Counts by bytes, because "\r\n" is one character of a string.
private struct ByteText {
    let bytes: [UInt8]

    /// The number of pieces between occurrences.
    func split(_ separator: String) -> Int {
        let needle = Array(separator.utf8)
        return (0...max(0, bytes.count - needle.count)).count { bytes[$0...].starts(with: needle) } + 1
    }
}
