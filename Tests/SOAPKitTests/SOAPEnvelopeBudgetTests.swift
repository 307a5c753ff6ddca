import NIOCore
import Synchronization
import Testing
import XMLKit

@testable import SOAPKit

@Suite("Bytes of envelopes in work, over all requests")
struct SOAPEnvelopeBudgetTests {
    @Test(
        "a request holds its envelope while it is worked on, and gives it back", arguments: [Packaging.simple, .mtom])
    func holds(packaging: Packaging) async throws {
        let budget = SOAPEnvelopeBudget(limit: 1 << 20)
        let held = Mutex(0)
        let router = SOAPRouterTests.router(budget: budget) { _, _ in
            held.withLock { $0 = budget.used }
            return SOAPReply(body: [SOAPRouterTests.payload], outcome: "Success")
        }
        let response = await packaging.send(to: router)
        #expect(response.status == 200)
        #expect(held.withLock { $0 } == Samples.envelope().utf8.count)
        #expect(budget.used == 0)
    }

    @Test(
        "a request that finds nothing left is refused with 503 and gives back what it took",
        arguments: [Packaging.simple, .mtom])
    func refuses(packaging: Packaging) async throws {
        let budget = SOAPEnvelopeBudget(limit: Samples.envelope().utf8.count - 1)
        let response = await packaging.send(to: SOAPRouterTests.router(budget: budget))
        #expect(response.status == 503)
        #expect(response.fault?.code == .receiver)
        #expect(response.fault?.reason.contains("try again") == true)
        #expect(response.outcome.shortage == .all)
        #expect(budget.used == 0)
    }

    @Test("attachments take nothing of it: they go to the store")
    func attachments() async throws {
        let budget = SOAPEnvelopeBudget(limit: Samples.envelope().utf8.count)
        let response = await Packaging.mtom.send(
            to: SOAPRouterTests.router(budget: budget), attachment: String(repeating: "x", count: 100_000))
        #expect(response.status == 200)
    }

    @Test("two requests share it: the second one is refused while the first is worked on")
    func shares() async throws {
        let size = Samples.envelope().utf8.count
        let budget = SOAPEnvelopeBudget(limit: size + 10)
        let second = SOAPRouterTests.router(budget: budget)
        let first = SOAPRouterTests.router(budget: budget) { _, _ in
            let response = await Packaging.simple.send(to: second)
            #expect(response.status == 503)
            return SOAPReply(body: [SOAPRouterTests.payload], outcome: "Success")
        }
        #expect(await Packaging.simple.send(to: first).status == 200)
        #expect(await Packaging.simple.send(to: second).status == 200)
    }

    @Test("one sender has its part of it at most; another one finds room")
    func senders() async throws {
        let size = Samples.envelope().utf8.count
        let budget = SOAPEnvelopeBudget(limit: 4 * size, senderLimit: size + 10)
        let inner = SOAPRouterTests.router(budget: budget)
        let outer = SOAPRouterTests.router(budget: budget) { _, _ in
            let refused = await Packaging.simple.send(to: inner)
            #expect(refused.status == 429 && refused.outcome.shortage == .sender(limit: size + 10))
            #expect(refused.fault?.reason.contains("more than \(size + 10) bytes at once") == true)
            #expect(await Packaging.simple.send(to: inner, sender: 8).status == 200)
            return SOAPReply(body: [SOAPRouterTests.payload], outcome: "Success")
        }
        #expect(await Packaging.simple.send(to: outer).status == 200)
        #expect(await Packaging.simple.send(to: inner).status == 200)
        #expect(budget.used == 0)
    }

    @Test("a body that refuses to go on with a fault is answered with that fault")
    func bodyRefuses() async throws {
        let body = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            continuation.yield(ByteBuffer(string: "<s:Envelope"))
            continuation.finish(throwing: SOAPFault.sender("Enough.", httpStatus: 429))
        }
        let response = await SOAPRouterTests.router().respond(contentType: Samples.soapType, body: body, context: 7)
        #expect(response.status == 429)
        #expect(response.outcome.shortage == nil)
        #expect(response.fault?.reason == "Enough.")
    }

    /// How a test sends its envelope.
    enum Packaging: Sendable {
        case simple, mtom

        func send(
            to router: SOAPRouter<Int, MemoryStore>, attachment: String = "content", sender: Int = 7
        ) async -> SOAPResponse {
            switch self {
            case .simple:
                return await router.respond(
                    contentType: Samples.soapType, body: ChunkedBody(Samples.envelope(), size: 64), context: sender)
            case .mtom:
                let text =
                    "--b\r\nContent-Type: application/xop+xml; type=\"application/soap+xml\"\r\n"
                    + "Content-ID: <root>\r\n\r\n\(Samples.envelope())\r\n--b\r\nContent-Type: text/plain\r\n"
                    + "Content-ID: <a>\r\n\r\n\(attachment)\r\n--b--\r\n"
                return await router.respond(
                    contentType: "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<root>\"",
                    body: ChunkedBody(text, size: 64), context: sender)
            }
        }
    }
}
