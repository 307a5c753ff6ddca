import NIOCore
import Testing
import XMLKit

@testable import SOAPKit

@Suite struct SOAPRouterTests {
    struct Internal: Error {}

    static let payload = ByteBuffer(string: "<r:RegistryResponse xmlns:r='urn:r' status='ok'/>")

    /// A router whose only operation answers with what the closure gives.
    static func router(
        store: MemoryStore = MemoryStore(), limits: SOAPLimits = .standard, budget: SOAPEnvelopeBudget? = nil,
        handle: @escaping @Sendable (SOAPRequest<MemoryStore.Attachment>, Int) async throws -> SOAPReply = { _, _ in
            SOAPReply(body: [payload], outcome: "Success")
        }
    ) -> SOAPRouter<Int, MemoryStore> {
        SOAPRouter(
            operations: [
                SOAPOperation(
                    action: Samples.action, replyAction: Samples.replyAction, packaging: .mtom,
                    bodyElement: Samples.bodyElement, handle: handle)
            ], attachments: store, limits: limits, envelopeBudget: budget,
            mapError: { _, context in .receiver("failed \(context)") }, sender: { "\($0)" })
    }

    static func respond(
        _ text: String, type: String? = Samples.soapType, encoding: String? = nil, store: MemoryStore = MemoryStore(),
        limits: SOAPLimits = .standard, size: Int = .max
    ) async -> SOAPResponse {
        await router(store: store, limits: limits).respond(
            contentType: type, contentEncoding: encoding, body: ChunkedBody(text, size: size), context: 7,
            requestID: "q1")
    }

    @Test("SIMPLE SOAP: a request is answered, related to its message id, in the schema's form")
    func answersSimple() async throws {
        let response = await Self.respond(Samples.envelope(), size: 10)
        #expect(response.status == 200)
        #expect(response.contentType == "application/soap+xml; charset=UTF-8")
        #expect(response.action == Samples.action)
        #expect(response.fault == nil)
        guard case .reply(outcome: "Success") = response.outcome.result else {
            Issue.record("no reply")
            return
        }
        #expect(response.outcome.bytesRead == Samples.envelope().utf8.count)
        #expect(response.outcome.isBodyConsumed)
        let body = try await response.collected()
        #expect(body.readableBytes == response.byteCount)
        #expect(response.message.buffers?.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) } == body)
        let envelope = try SOAPEnvelope.decode(try XMLDocument(parsing: body))
        #expect(envelope.addressing.action == Samples.replyAction)
        #expect(envelope.addressing.relatesTo == [Samples.messageID])
        #expect(envelope.body.attribute("status") == "ok")
        let action = envelope.header?.first(WSAddressing.name("Action"))
        #expect(action?.attribute(SOAPName.mustUnderstand) == "1")
        if Samples.schemas != nil { #expect(try OfficialSchemas.shared.get().validate(body) == []) }
    }

    @Test(
        "unreadable bodies are Sender faults that tell the line and quote nothing",
        arguments: [
            ("", "no XML document"), ("<s:Envelope>\n<secret", "line 2"), ("secret", "line 1"),
            ("<!DOCTYPE a [<!ENTITY b 'secret'>]><a>&b;</a>", "document type declaration"),
            ("<a>&secret;</a>", "entity"),
            ("<?xml version='1.0' encoding='UTF-16'?><secret/>", "encoding"),
        ])
    func refusesUnreadable(text: String, words: String) async throws {
        let response = await Self.respond(text, type: "application/soap+xml")
        let fault = try #require(response.fault)
        #expect(response.status == 400)
        #expect(fault.code == .sender)
        #expect(fault.reason.contains(words), "\(fault.reason)")
        let body = String(buffer: try await response.collected())
        #expect(!body.contains("secret"))
        #expect(body.contains("q1"))
        #expect(response.action == nil)
    }

    @Test("limits are answered with 413: depth, attribute, envelope")
    func refusesTooLarge() async throws {
        let deep = Samples.envelope(
            body: String(repeating: "<a>", count: 10_000) + String(repeating: "</a>", count: 10_000))
        let attribute = Samples.envelope(body: "<a b='\(String(repeating: "x", count: 1 << 20))'/>")
        for text in [deep, attribute] {
            let response = await Self.respond(text)
            #expect(response.status == 413)
            #expect(response.fault?.code == .sender)
        }
        let large = Samples.envelope(body: String(repeating: " ", count: 5_000) + "<a/>")
        let response = await Self.respond(large, limits: SOAPLimits(rootBytes: 2_000), size: 1_000)
        #expect(response.status == 413)
        #expect(response.outcome.bytesRead < 4_000)
        #expect(!response.outcome.isBodyConsumed)
        #expect(await Self.respond(large, limits: SOAPLimits(messageBytes: 2_000), size: 1_000).status == 413)
    }

    @Test(
        "content types that are not taken are answered with 415",
        arguments: [
            nil, "", "text/plain", "application/json", "multipart/form-data; boundary=b1", "nonsense", "text/xml",
            "application/xml",
        ])
    func refusesContentTypes(type: String?) async throws {
        let response = await Self.respond(Samples.envelope(), type: type)
        #expect(response.status == 415)
        #expect(response.fault?.code == .sender)
    }

    @Test(
        "a SOAP 1.1 envelope is a version mismatch under either content type",
        arguments: ["text/xml; charset=utf-8", Samples.soapType])
    func refusesSOAP11(type: String) async throws {
        let response = await Self.respond(Samples.envelope(namespace: SOAPNamespace.soap11), type: type)
        #expect(response.status == 500)
        #expect(response.fault?.code == .versionMismatch)
    }

    @Test("compressed bodies and unknown charsets are answered with 415")
    func refusesEncodings() async throws {
        #expect(await Self.respond(Samples.envelope(), encoding: "gzip").status == 415)
        #expect(await Self.respond(Samples.envelope(), encoding: "identity").status == 200)
        #expect(await Self.respond(Samples.envelope(), type: "application/soap+xml; charset=utf-7").status == 415)
        #expect(await Self.respond(Samples.envelope(), type: "application/soap+xml; charset=iso-8859-1").status == 200)
    }

    @Test("WS-Addressing faults: unknown Action, Action of another body; both relate to the request")
    func refusesActions() async throws {
        let other = Samples.standardHeader.replacing(Samples.action, with: "urn:other")
        let unknown = await Self.respond(Samples.envelope(header: other))
        #expect(unknown.fault?.subcode == WSAddressing.name("ActionNotSupported"))
        #expect(unknown.fault?.problemAction == "urn:other")
        #expect(unknown.status == 400)
        #expect(unknown.action == nil)
        let mismatch = await Self.respond(Samples.envelope(body: "<other/>"))
        #expect(mismatch.fault?.detailCode == WSAddressing.name("ActionMismatch"))
        #expect(mismatch.status == 400)
        let doubled = await Self.respond(Samples.envelope(header: Samples.standardHeader + "<a:Action>x</a:Action>"))
        #expect(doubled.fault?.detailCode == WSAddressing.name("InvalidCardinality"))
        for response in [unknown, mismatch, doubled] {
            let envelope = try SOAPEnvelope.decode(try XMLDocument(parsing: try await response.collected()))
            #expect(envelope.addressing.relatesTo == [Samples.messageID])
        }
    }

    @Test("the action parameter of the content type is ignored")
    func ignoresActionParameter() async {
        #expect(
            await Self.respond(Samples.envelope(), type: "application/soap+xml; action=\"urn:wrong\"").status == 200)
    }

    @Test("an internal error is mapped, its cause kept for the log; a fault thrown is the answer")
    func mapsErrors() async throws {
        let failing = Self.router { _, _ in throw Internal() }
        let response = await failing.respond(
            contentType: Samples.soapType, body: ChunkedBody(Samples.envelope()), context: 3)
        #expect(response.status == 500)
        #expect(response.fault?.reason == "failed 3")
        #expect(response.outcome.cause is Internal)
        #expect(response.action == Samples.action)
        let refusing = Self.router { _, _ in throw SOAPFault.security("InvalidSecurityToken", "no") }
        let refusal = await refusing.respond(
            contentType: Samples.soapType, body: ChunkedBody(Samples.envelope()), context: 3)
        #expect(refusal.status == 400)
        #expect(refusal.fault?.subcode?.localName == "InvalidSecurityToken")
        #expect(refusal.outcome.cause == nil)
    }

    @Test("a reply that may be renewed gives an answer that may be: in the same packaging, or the fault of the renewal")
    func renews() async throws {
        let plain = Self.router { _, _ in SOAPReply(body: [ByteBuffer(string: "<r/>")]) }
        let made = await plain.respond(
            contentType: Samples.soapType, body: ChunkedBody(Samples.envelope()), context: 3)
        #expect(made.renewal == nil)
        let renewing = Self.router { _, _ in
            var reply = SOAPReply(body: [ByteBuffer(string: "<old/>")], outcome: "old")
            reply.renewal = { SOAPReply(body: [ByteBuffer(string: "<new/>")], outcome: "new") }
            return reply
        }
        let old = await renewing.respond(
            contentType: Samples.soapType, body: ChunkedBody(Samples.envelope()), context: 3)
        let new = try #require(await old.renewal?())
        func text(_ response: SOAPResponse) -> String {
            response.head.map { String(buffer: $0) }.joined()
        }
        #expect(text(old).contains("<old/>") && text(new).contains("<new/>"))
        #expect(text(new).replacing("<new/>", with: "<old/>").count == text(old).count)
        #expect(new.renewal == nil)
        guard case .reply("new") = new.outcome.result else {
            Issue.record("\(new.outcome.result)")
            return
        }
        let failing = Self.router { _, _ in
            var reply = SOAPReply(body: [ByteBuffer(string: "<old/>")])
            reply.renewal = { throw Internal() }
            return reply
        }
        let broken = await failing.respond(
            contentType: Samples.soapType, body: ChunkedBody(Samples.envelope()), context: 3, requestID: "request")
        let fault = try #require(await broken.renewal?())
        #expect(fault.status == 500)
        #expect(fault.fault?.reason == "failed 3")
        #expect(fault.fault?.requestID == "request")
    }

    @Test("a body that breaks off is a disconnection, not a fault", arguments: [0, 5, 200])
    func reportsDisconnection(length: Int) async throws {
        let body = ChunkedBody(String(Samples.envelope().prefix(length)), breaks: true)
        let response = await Self.router().respond(contentType: Samples.soapType, body: body, context: 1)
        guard case .disconnected = response.outcome.result else {
            Issue.record("\(response.outcome.result)")
            return
        }
        #expect(response.outcome.cause is ChunkedBody.Broken)
        #expect(response.outcome.bytesRead == length)
    }

    @Test("inline base64 reaches the store; what is not base64 is a fault with its line")
    func takesInlineContent() async throws {
        let store = MemoryStore()
        let router = Self.router(store: store) { request, _ in
            let document = try #require(request.envelope.body.first(Samples.document))
            let attachment = try await request.content(of: document, mediaType: "text/plain")
            return SOAPReply(body: [ByteBuffer(string: "<r/>")], outcome: String(buffer: attachment.bytes))
        }
        func respond(_ content: String) async -> SOAPResponse {
            let body =
                "<x:ProvideAndRegisterDocumentSetRequest xmlns:x='\(Samples.xds)'>\n<x:Document id='d'>\(content)</x:Document>"
                + "</x:ProvideAndRegisterDocumentSetRequest>"
            return await router.respond(
                contentType: Samples.soapType, body: ChunkedBody(Samples.envelope(body: body)), context: 1)
        }
        guard case .reply(let outcome) = await respond(" Zm9v\n\tYmFy ").outcome.result else {
            Issue.record("refused")
            return
        }
        #expect(outcome == "foobar")
        #expect(store.seen == MemoryStore.Counts(begun: 1, finished: 1, abandoned: 0, discarded: 1))
        for bad in ["Zm9", "Zm9v*", "<x:a/>"] {
            let response = await respond(bad)
            #expect(response.status == 400)
            #expect(response.fault?.reason.contains("line 2") == true)
        }
        #expect(store.seen == MemoryStore.Counts(begun: 4, finished: 1, abandoned: 3, discarded: 1))
    }
}
