import NIOCore
import Testing
import XMLKit

@testable import SOAPKit

/// Messages recorded between products of other vendors.
@Suite(.enabled(if: Samples.recordings != nil, "recorded messages are not here; set XDS_SAMPLES"))
struct RecordedMessageTests {
    /// The MIME package out of a proxy's log: from the first boundary line on. The log's own header names another
    /// boundary than the body has.
    private func package(_ name: String) throws -> (boundary: String, bytes: ByteBuffer) {
        let log = String(buffer: try Samples.recording(name))
        let start = try #require(log.firstRange(of: "\n--uuid:")).lowerBound
        let bytes = log[log.index(after: start)...]
        let boundary = String(bytes.prefix { !$0.isNewline }.dropFirst(2))
        return (boundary, ByteBuffer(string: String(bytes)))
    }

    @Test("ITI-41 request: a bare-LF package with an encoded cid and a prefix that is not declared")
    func readsProvideAndRegister() async throws {
        let (boundary, bytes) = try package("ITI-41_request_raw.xml")
        let type =
            "multipart/related; boundary=\"\(boundary)\"; type=\"application/xop+xml\"; start=\"<root.message@cxf.apache.org>\""
        for size in [1, 100, Int.max] {
            let store = MemoryStore()
            let response = await MTOMTests.respond(ChunkedBody(bytes, size: size), type: type, store: store)
            let outcome = try #require(MTOMTests.outcome(response))
            #expect(outcome.hasPrefix("{\n") && outcome.hasSuffix("}"), "\(outcome.prefix(200))")
            #expect(response.outcome.messageID == "urn:uuid:073be420-d838-47c9-b35f-c59af5b147a2")
            #expect(store.seen.discarded == 1)
        }
    }

    @Test("ITI-41 response: an MTOM package without attachment")
    func readsProvideAndRegisterResponse() async throws {
        let (boundary, bytes) = try package("ITI-41_response_raw.xml")
        let answer = try await SOAPAnswer.read(
            contentType: "multipart/related; boundary=\"\(boundary)\"", body: ChunkedBody(bytes),
            attachments: NoAttachments())
        #expect(answer.payload.localName == "RegistryResponse")
        #expect(answer.message.envelope.addressing.action == Samples.replyAction)
    }

    @Test(
        "the other messages decode as envelopes",
        arguments: [
            ("ITI-18_request_raw.xml", "AdhocQueryRequest", true),
            ("ITI-18_response_raw.xml", "AdhocQueryResponse", false),
            ("ITI-43_request_raw.xml", "RetrieveDocumentSetRequest", true),
            ("ITI-43_response_raw.xml", "RetrieveDocumentSetResponse", false), ("ITI-44_request_raw.xml", nil, false),
            ("ITI-44_response_raw.xml", nil, false),
        ])
    func readsEnvelopes(name: String, payload: String?, hasSecurity: Bool) throws {
        let envelope = try SOAPEnvelope.decode(try XMLDocument(parsing: try Samples.recording(name)))
        if let payload { #expect(envelope.body.localName == payload) }
        #expect((envelope.security != nil) == hasSecurity)
    }

    @Test("ITI-43 response: its reference names a part that the recording does not have")
    func refusesMissingPart() async throws {
        let body = ChunkedBody(try Samples.recording("ITI-43_response_raw.xml"), size: 50)
        await #expect(throws: SOAPFault.self) {
            _ = try await SOAPAnswer.read(contentType: Samples.soapType, body: body, attachments: NoAttachments())
        }
        var package = ByteBuffer(string: "--b1\r\nContent-Type: application/xop+xml\r\n\r\n")
        package.writeImmutableBuffer(try Samples.recording("ITI-43_response_raw.xml"))
        package.writeString(
            "\r\n--b1\r\nContent-ID: <72f7c587daaacb8b81212de4e80e442e5f43394482e12edd@apache.org>\r\n\r\n%PDF\r\n--b1--"
        )
        let answer = try await SOAPAnswer.read(
            contentType: "multipart/related; boundary=b1", body: ChunkedBody(package), attachments: MemoryStore())
        let document = try #require(
            answer.payload.first(QualifiedName(Samples.xds, "DocumentResponse"))?.first(Samples.document))
        #expect(try answer.message.attachment(includedBy: document).map { String(buffer: $0.bytes) } == "%PDF")
    }

    @Test("a signed assertion keeps its namespaces when it is written again")
    func copiesAssertion() throws {
        let envelope = try SOAPEnvelope.decode(
            try XMLDocument(parsing: try Samples.recording("ITI-18_request_raw.xml")))
        let assertion = try #require(
            envelope.security?.first(QualifiedName("urn:oasis:names:tc:SAML:2.0:assertion", "Assertion")))
        let copy = try XMLDocument(parsing: assertion.serialized()).root
        #expect(copy.name == assertion.name)
        #expect(copy.namespaceURI(forPrefix: "xsd") == XMLNamespace.xsd)
        #expect(copy.attributes.map(\.value) == assertion.attributes.map(\.value))
        #expect(String(buffer: copy.serialized()) == String(buffer: assertion.serialized()))
    }
}
