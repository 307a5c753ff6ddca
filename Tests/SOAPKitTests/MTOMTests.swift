import NIOCore
import Synchronization
import Testing
import XMLKit

@testable import SOAPKit

@Suite struct MTOMTests {
    /// Answers with "id=content" of what each Document includes, and the ids that nothing refers to.
    static func respond(
        _ body: ChunkedBody, type: String? = Samples.packageType, store: MemoryStore = MemoryStore(),
        limits: SOAPLimits = .standard
    ) async -> SOAPResponse {
        let router = SOAPRouterTests.router(store: store, limits: limits) { request, _ in
            var texts: [String] = []
            for document in request.envelope.body.all(Samples.document) {
                let attachment = try request.attachment(includedBy: document)
                texts.append(attachment.map { String(buffer: $0.bytes) } ?? "inline")
            }
            let outcome = texts.joined(separator: "|") + (request.unreferencedContentIDs.map { " +\($0)" }.joined())
            return SOAPReply(body: [SOAPRouterTests.payload], outcome: outcome)
        }
        return await router.respond(contentType: type, body: body, context: 1)
    }

    static func outcome(_ response: SOAPResponse) -> String? {
        if case .reply(let outcome) = response.outcome.result { return outcome }
        return response.fault?.description
    }

    static func message(_ hrefs: [String], _ parts: [([String], String)]) -> String {
        Samples.package([(Samples.rootHeader, Samples.submission(including: hrefs))] + parts)
    }

    static let two = message(
        ["cid:one%40x", "cid:two@x"],
        [
            (["Content-ID: <one@x>"], "first\r\n--b"),
            (["content-id: two@x", "Content-Transfer-Encoding: BASE64"], "c2Vj\r\nb25k\r\n"),
        ])

    @Test("XOP: references meet their parts, whatever the encoding of id and content; the answer is MTOM too")
    func joinsParts() async throws {
        let store = MemoryStore()
        let response = await Self.respond(ChunkedBody(Self.two), store: store)
        #expect(Self.outcome(response) == "first\r\n--b|second")
        #expect(response.status == 200)
        #expect(response.contentType.hasPrefix("multipart/related; type=\"application/xop+xml\"; start=\"<"))
        #expect(response.contentType.contains("start-info=\"application/soap+xml\"; boundary=\""))
        #expect(store.seen == MemoryStore.Counts(begun: 2, finished: 2, abandoned: 0, discarded: 2))
    }

    @Test("the result is the same when the message is cut at every byte")
    func isIndependentOfSplits() async {
        for size in 1...120 {
            #expect(
                Self.outcome(await Self.respond(ChunkedBody(Self.two, size: size))) == "first\r\n--b|second",
                "size \(size)")
        }
    }

    @Test("RFC 2387: the root may come last, and the first part is the root without start; a root needs no Content-ID")
    func findsRoot() async {
        let root = (Samples.rootHeader, Samples.submission(including: ["cid:one"]))
        let part = (["Content-ID: <one>"], "data")
        #expect(Self.outcome(await Self.respond(ChunkedBody(Samples.package([part, root])))) == "data")
        let noStart = "multipart/related; boundary=b1"
        #expect(Self.outcome(await Self.respond(ChunkedBody(Samples.package([root, part])), type: noStart)) == "data")
        let bare = (["Content-Type: application/xop+xml"], root.1)
        #expect(Self.outcome(await Self.respond(ChunkedBody(Samples.package([bare, part])), type: noStart)) == "data")
        #expect(Self.outcome(await Self.respond(ChunkedBody(Samples.package([bare, part])))) == "data")
        let soap = (["Content-Type: application/soap+xml; charset=UTF-8", "Content-ID: <root@x>"], root.1)
        #expect(Self.outcome(await Self.respond(ChunkedBody(Samples.package([soap, part])))) == "data")
        #expect(
            Self.outcome(await Self.respond(ChunkedBody(Samples.package([(Samples.rootHeader, Samples.envelope())]))))
                == "")
    }

    @Test("a part that nothing refers to is left to the operation; one part may be referred to twice")
    func exposesUnreferencedParts() async {
        let text = Self.message(["cid:a", "cid:a"], [(["Content-ID: <a>"], "A"), (["Content-ID: <b>"], "B")])
        #expect(Self.outcome(await Self.respond(ChunkedBody(text))) == "A|A +b")
    }

    @Test("references that are not encoded, or encoded in the Content-ID as well, are understood")
    func toleratesReferences() async {
        for (href, id) in [
            ("cid:a:b", "a:b"), ("cid:a%3Ab", "a:b"), ("cid:a%3Ab", "a%3Ab"), ("cid:a:b", "a%3Ab"), ("CID:a+b", "a+b"),
        ] {
            let text = Self.message([href], [(["Content-ID: <\(id)>"], "A")])
            #expect(Self.outcome(await Self.respond(ChunkedBody(text))) == "A", "\(href) \(id)")
        }
    }

    @Test("broken packages are Sender faults that say what is wrong, and leave nothing staged")
    func refusesBroken() async throws {
        let root = (Samples.rootHeader, Samples.submission(including: ["cid:one"]))
        let one = (["Content-ID: <one>"], "data")
        let whole = Samples.package([root, one])
        let cases: [(String, String, Int, String)] = [
            (whole, "multipart/related; start=\"<root@x>\"", 400, "no boundary parameter"),
            (whole, "multipart/related; boundary=\"\"", 400, "not a legal MIME boundary"),
            (whole, "multipart/related; boundary=other", 400, "does not contain the boundary"),
            (whole, "multipart/related; boundary=b1; start=\"<nobody>\"", 400, "start parameter"),
            (String(whole.dropLast(8)), Samples.packageType, 400, "cut off"),
            (String(whole.prefix(300)), Samples.packageType, 400, "cut off"),
            (Samples.package([root, (["X: y"], "data")]), Samples.packageType, 400, "no Content-ID"),
            (Samples.package([root]), Samples.packageType, 400, "cid:one"),
            (Samples.package([root, one, one]), Samples.packageType, 400, "same Content-ID"),
            (
                Samples.package([root, (["Content-ID: <one>", "Content-Transfer-Encoding: base64"], "###")]),
                Samples.packageType, 400, "base64"
            ),
            (
                Samples.package([root, (["Content-ID: <one>", "Content-Transfer-Encoding: quoted-printable"], "x")]),
                Samples.packageType, 400, "Transfer-Encoding"
            ),
            (
                Samples.package([(["Content-ID: <root@x>", "Content-Type: application/json"], "{}")]),
                Samples.packageType, 415, "application/xop+xml"
            ),
            (
                Samples.package([(["Content-ID: <root@x>", "Content-Type: text/xml"], root.1), one]),
                Samples.packageType, 415, "application/soap+xml"
            ),
            (Samples.package([(Samples.rootHeader, "<broken"), one]), Samples.packageType, 400, "cannot be read"),
            ("--b1--", Samples.packageType, 400, "start parameter"),
            ("--b1--", "multipart/related; boundary=b1", 400, "no parts"),
        ]
        for (text, type, status, words) in cases {
            for size in [7, Int.max] {
                let store = MemoryStore()
                let response = await Self.respond(ChunkedBody(text, size: size), type: type, store: store)
                let fault = try #require(response.fault, "\(words)")
                #expect(fault.reason.contains(words), "\(fault.reason)")
                #expect(response.status == status, "\(words)")
                #expect(fault.code == .sender)
                #expect(response.contentType == "application/soap+xml; charset=UTF-8")
                #expect(store.seen.discarded == store.seen.finished)
                #expect(store.seen.begun == store.seen.finished + store.seen.abandoned)
            }
        }
    }

    @Test("SOAP 1.1 in a package is a version mismatch")
    func refusesSOAP11() async {
        let header = ["Content-Type: application/xop+xml; type=\"text/xml\"", "Content-ID: <root@x>"]
        let text = Samples.package([(header, Samples.envelope(namespace: SOAPNamespace.soap11))])
        #expect(await Self.respond(ChunkedBody(text)).fault?.code == .versionMismatch)
    }

    @Test("a reference in a simple message, or next to other content, is a fault; so is one that is no cid")
    func refusesMisplacedReferences() async {
        let simple = await Self.respond(ChunkedBody(Samples.submission(including: ["cid:one"])), type: Samples.soapType)
        #expect(simple.fault?.reason.contains("cid:one") == true)
        #expect(simple.fault?.description.contains("cid:") == false, "a log shows nothing of the message")
        let web = Self.message(["http://x/y"], [(["Content-ID: <a>"], "A")])
        #expect(await Self.respond(ChunkedBody(web)).fault?.reason.contains("cid:") == true)
        let include = "<i:Include xmlns:i='\(SOAPNamespace.xop)' href='cid:a'/>"
        let body =
            "<x:ProvideAndRegisterDocumentSetRequest xmlns:x='\(Samples.xds)'><x:Document>AAAA\(include)</x:Document>"
            + "</x:ProvideAndRegisterDocumentSetRequest>"
        let mixed = Samples.package([(Samples.rootHeader, Samples.envelope(body: body)), (["Content-ID: <a>"], "A")])
        #expect(await Self.respond(ChunkedBody(mixed)).fault?.reason.contains("only content") == true)
    }

    @Test("an unknown Action is refused before the attachments are read")
    func refusesEarly() async {
        let envelope = Samples.submission(including: ["cid:one"]).replacing(Samples.action, with: "urn:other")
        let content = String(repeating: "x", count: 1_000_000)
        let store = MemoryStore()
        let text = Samples.package([(Samples.rootHeader, envelope), (["Content-ID: <one>"], content)])
        let response = await Self.respond(ChunkedBody(text, size: 1000), store: store)
        #expect(response.fault?.subcode == WSAddressing.name("ActionNotSupported"))
        #expect(response.outcome.bytesRead < 10_000)
        #expect(!response.outcome.isBodyConsumed)
        #expect(store.seen.begun == 0)
    }

    @Test("a caller who is not admitted is refused before the attachments are read")
    func refusesCallerEarly() async {
        let store = MemoryStore()
        let operation = SOAPOperation<Int, MemoryStore.Attachment>(
            action: Samples.action, replyAction: Samples.replyAction, packaging: .mtom,
            bodyElement: Samples.bodyElement, handle: { _, _ in SOAPReply(body: [SOAPRouterTests.payload]) },
            admit: { caller throws(SOAPFault) in
                if caller != 1 { throw SOAPFault.sender("This caller may not ask.", httpStatus: 403) }
            })
        let router = SOAPRouter(operations: [operation], attachments: store)
        let text = Self.message(["cid:a"], [(["Content-ID: <a>"], String(repeating: "x", count: 1_000_000))])
        let refused = await router.respond(
            contentType: Samples.packageType, body: ChunkedBody(text, size: 1000), context: 2)
        #expect(refused.status == 403)
        #expect(refused.action == Samples.action)
        #expect(store.seen.begun == 0)
        let admitted = await router.respond(
            contentType: Samples.packageType, body: ChunkedBody(text, size: 1000), context: 1)
        #expect(admitted.status == 200)
    }

    @Test("limits: an attachment too large is 413 and abandoned")
    func limitsAttachments() async {
        let store = MemoryStore()
        let text = Self.message(["cid:a", "cid:b"], [(["Content-ID: <a>"], "1234"), (["Content-ID: <b>"], "12345")])
        let response = await Self.respond(
            ChunkedBody(text, size: 3), store: store, limits: SOAPLimits(attachmentBytes: 4))
        #expect(response.status == 413)
        #expect(store.seen == MemoryStore.Counts(begun: 2, finished: 1, abandoned: 1, discarded: 1))
        #expect(await Self.respond(ChunkedBody(text), limits: SOAPLimits(parts: 2)).status == 413)
        #expect(await Self.respond(ChunkedBody(text), limits: SOAPLimits(partHeaderBytes: 20)).status == 413)
    }

    @Test("a store that fails is our failure; a peer that goes away leaves nothing staged")
    func handlesFailures() async {
        let failing = MemoryStore(failsOnReceive: true)
        let response = await Self.respond(ChunkedBody(Self.two), store: failing)
        #expect(response.status == 500)
        #expect(response.fault?.code == .receiver)
        #expect(response.outcome.cause is MemoryStore.Failure)
        #expect(failing.seen == MemoryStore.Counts(begun: 1, finished: 0, abandoned: 1, discarded: 0))
        let store = MemoryStore()
        let text = String(Self.two.utf8.prefix(Self.two.utf8.count - 20)) ?? ""
        let gone = await Self.respond(ChunkedBody(text, size: 50, breaks: true), store: store)
        guard case .disconnected = gone.outcome.result else {
            Issue.record("\(gone.outcome.result)")
            return
        }
        #expect(store.seen == MemoryStore.Counts(begun: 2, finished: 1, abandoned: 1, discarded: 1))
    }

    @Test("an endpoint without attachments refuses parts, and takes a package with the root alone")
    func refusesAttachments() async {
        let router = SOAPRouter(
            operations: [
                SOAPOperation<Int, Never>(
                    action: Samples.action, replyAction: Samples.replyAction, packaging: .simple,
                    bodyElement: Samples.bodyElement
                ) { _, _ in SOAPReply(body: [SOAPRouterTests.payload]) }
            ], attachments: NoAttachments())
        let alone = Samples.package([(Samples.rootHeader, Samples.envelope())])
        let accepted = await router.respond(contentType: Samples.packageType, body: ChunkedBody(alone), context: 1)
        #expect(accepted.status == 200)
        #expect(accepted.contentType.hasPrefix("multipart/related"))
        let refused = await router.respond(contentType: Samples.packageType, body: ChunkedBody(Self.two), context: 1)
        #expect(refused.status == 400)
        #expect(refused.fault?.reason.contains("takes no attachments") == true)
    }
}
