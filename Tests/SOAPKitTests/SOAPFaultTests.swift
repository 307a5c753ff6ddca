import NIOCore
import Testing
import XMLKit

@testable import SOAPKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct SOAPFaultTests {
    static let faults: [SOAPFault] = [
        .sender("plain <text> & more"), .receiver("failed"), .versionMismatch("old"), .tooLarge("big"),
        .unsupportedMediaType("what"),
        .mustUnderstand([QualifiedName("urn:p", "One")]), .addressingRequired("Action", "missing"),
        .invalidAddressing("To", "InvalidCardinality", "twice"), .actionNotSupported("urn:x&y"),
        .actionMismatch("urn:a", expected: QualifiedName("urn:b", "c")), .security("InvalidSecurityToken", "expired"),
        SOAPFault(.dataEncodingUnknown, reason: "x", requestID: "r-1"),
    ]

    @Test("a fault read back is the fault written", arguments: faults)
    func roundTrips(fault: SOAPFault) throws {
        var fault = fault
        fault.requestID = "request-7"
        let document = try XMLDocument(parsing: fault.encode(relatesTo: "urn:m&m"))
        let envelope = try SOAPEnvelope.decode(document)
        #expect(envelope.addressing.action == fault.action)
        #expect(envelope.addressing.relatesTo == ["urn:m&m"])
        #expect(envelope.messageID?.hasPrefix("urn:uuid:") == true)
        var read = try #require(SOAPFault(envelope.body, httpStatus: fault.httpStatus))
        read.notUnderstood = fault.notUnderstood
        #expect(read == fault)
    }

    @Test("errors of the Framework, section 4: HTTP status by condition")
    func hasStatus() {
        #expect(Self.faults.map(\.httpStatus) == [400, 500, 500, 413, 415, 500, 400, 400, 400, 400, 400, 500])
    }

    @Test("the exact text of an addressing fault")
    func hasGoldenForm() {
        var fault = SOAPFault.actionNotSupported("urn:x")
        fault.requestID = "r1"
        let text = String(buffer: fault.encode(relatesTo: "urn:m"))
        let id = text.split(separator: "<wsa:MessageID>").last?.prefix(45) ?? ""
        #expect(
            text
                == "<?xml version=\"1.0\" encoding=\"UTF-8\"?><S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\""
                + " xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><S:Header><wsa:Action S:mustUnderstand=\"1\">"
                + "http://www.w3.org/2005/08/addressing/fault</wsa:Action><wsa:MessageID>\(id)</wsa:MessageID>"
                + "<wsa:RelatesTo>urn:m</wsa:RelatesTo></S:Header><S:Body><S:Fault><S:Code><S:Value>S:Sender</S:Value>"
                + "<S:Subcode><S:Value>wsa:ActionNotSupported</S:Value></S:Subcode></S:Code><S:Reason><S:Text xml:lang=\"en\">"
                + "The wsa:Action names no transaction that is offered at this address.</S:Text></S:Reason><S:Detail>"
                + "<wsa:ProblemAction><wsa:Action>urn:x</wsa:Action></wsa:ProblemAction>"
                + "<gw:RequestId xmlns:gw=\"urn:zorgnetoost:xds:gateway\">r1</gw:RequestId></S:Detail></S:Fault></S:Body></S:Envelope>"
        )
    }

    @Test("message ids are version 4 UUIDs and differ")
    func makesMessageIDs() {
        let ids = (0..<100).map { _ in MessageID.uuid() }
        #expect(Set(ids).count == 100)
        for id in ids {
            #expect(UUID(uuidString: id)?.uuidString.lowercased() == id)
            #expect(Array(id)[14] == "4" && "89ab".contains(Array(id)[19]))
        }
    }

    @Test(
        "the official schemas of SOAP 1.2 and WS-Addressing accept every fault",
        .enabled(if: Samples.schemas != nil, "official schemas are not here"), arguments: faults)
    func followsSchema(fault: SOAPFault) throws {
        let violations = try OfficialSchemas.shared.get().validate(fault.encode(relatesTo: "urn:m"))
        #expect(violations == [])
    }
}

/// The schemas of SOAP 1.2 and WS-Addressing, compiled once.
enum OfficialSchemas {
    static let shared = Result<XSDSchema, any Error> {
        let folder = try #require(Samples.schemas)
        return try XSDSchema(
            paths: ["soap/soap-1.2-envelope.xsd", "soap/ws-addr.xsd"].map { folder.appending(path: $0).path() })
    }
}
