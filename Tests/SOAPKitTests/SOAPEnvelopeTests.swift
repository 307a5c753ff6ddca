import NIOCore
import Testing
import XMLKit

@testable import SOAPKit

@Suite struct SOAPEnvelopeTests {
    private func fault(_ text: String, understood: Set<QualifiedName> = [SOAPName.security]) throws -> SOAPFault? {
        let document = try XMLDocument(parsing: text)
        do {
            _ = try SOAPEnvelope.decode(document, understood: understood)
            return nil
        } catch {
            return error
        }
    }

    @Test("ITI TF-2: V.3: addressing, security and the payload are found")
    func decodes() throws {
        let header = Samples.standardHeader + "<w:Security xmlns:w='\(SOAPNamespace.security)' s:mustUnderstand='1'/>"
        let envelope = try SOAPEnvelope.decode(try XMLDocument(parsing: Samples.envelope(header: header)))
        #expect(envelope.addressing.action == Samples.action)
        #expect(envelope.messageID == Samples.messageID)
        #expect(envelope.to == "https://x/")
        #expect(envelope.replyTo == WSAddressing.anonymous)
        #expect(envelope.body.is(Samples.bodyElement))
        #expect(envelope.security?.localName == "Security")
        #expect(try fault(Samples.envelope(header: header), understood: [])?.code == .mustUnderstand)
    }

    @Test("SOAP 1.2, 2.8: another envelope version is a version mismatch that names ours")
    func refusesOtherVersions() throws {
        for namespace in [SOAPNamespace.soap11, "urn:other"] {
            let found = try #require(try fault(Samples.envelope(namespace: namespace)))
            #expect(found.code == .versionMismatch)
            #expect(found.httpStatus == 500)
            let text = String(buffer: found.encode(relatesTo: nil))
            #expect(text.contains("<S:Upgrade><S:SupportedEnvelope qname=\"S:Envelope\"/></S:Upgrade>"))
        }
    }

    @Test(
        "SOAP 1.2, 5: an envelope of the wrong shape is a Sender fault",
        arguments: [
            "<a/>", "<s:Envelope xmlns:s='\(SOAPNamespace.soap12)'/>",
            "<s:Envelope xmlns:s='\(SOAPNamespace.soap12)'><s:Header/></s:Envelope>",
            "<s:Envelope xmlns:s='\(SOAPNamespace.soap12)'><s:Body/><s:Header/></s:Envelope>",
            Samples.envelope(body: ""), Samples.envelope(body: "text only"), Samples.envelope(body: "<a/><b/>"),
            Samples.envelope(header: "<h s:mustUnderstand='perhaps'/>" + Samples.standardHeader),
        ])
    func refusesWrongShape(text: String) throws {
        let found = try #require(try fault(text))
        #expect(found.code == .sender)
        #expect(found.subcode == nil)
        #expect(found.httpStatus == 400)
    }

    @Test("SOAP 1.2, 5.4.8: headers not understood are named, all of them")
    func refusesUnknownHeaders() throws {
        let header =
            Samples.standardHeader
            + "<p:One xmlns:p='urn:p' s:mustUnderstand='true'/><p:Two xmlns:p='urn:p' s:mustUnderstand=' 1 '"
            + " s:role='http://www.w3.org/2003/05/soap-envelope/role/next'/><Three s:mustUnderstand='1'/>"
        let found = try #require(try fault(Samples.envelope(header: header)))
        #expect(found.code == .mustUnderstand)
        #expect(found.httpStatus == 500)
        #expect(
            found.notUnderstood == [
                QualifiedName("urn:p", "One"), QualifiedName("urn:p", "Two"), QualifiedName("", "Three"),
            ])
        let encoded = try XMLDocument(parsing: found.encode(relatesTo: nil)).root
        let blocks = encoded.first(SOAPName.header)?.all(QualifiedName(SOAPNamespace.soap12, "NotUnderstood"))
        let names = try #require(blocks).map { $0.qualifiedName(inContent: $0.attribute("qname") ?? "") }
        #expect(names == found.notUnderstood)
    }

    @Test(
        "SOAP 1.2, 2.4: headers for others, unmarked headers and all of WS-Addressing cause no fault",
        arguments: [
            "<p:X xmlns:p='urn:p'/>", "<p:X xmlns:p='urn:p' s:mustUnderstand='0'/>",
            "<p:X xmlns:p='urn:p' s:mustUnderstand='false'/>",
            "<p:X xmlns:p='urn:p' s:mustUnderstand='1' s:role='http://www.w3.org/2003/05/soap-envelope/role/none'/>",
            "<p:X xmlns:p='urn:p' s:mustUnderstand='1' s:role='urn:somebody'/>",
            "<p:X xmlns:p='urn:p' mustUnderstand='1'/>",
            "<a:Unknown s:mustUnderstand='1'/>", "<a:RelatesTo s:mustUnderstand='1'>x</a:RelatesTo>",
        ])
    func toleratesOtherHeaders(block: String) throws {
        #expect(try fault(Samples.envelope(header: Samples.standardHeader + block)) == nil)
    }

    @Test("WS-Addressing: a missing Action is MessageAddressingHeaderRequired")
    func requiresAction() throws {
        let old = "<Action xmlns='http://schemas.xmlsoap.org/ws/2004/08/addressing'>x</Action>"
        for header in ["", "<a:MessageID>m</a:MessageID>", old] {
            let found = try #require(try fault(Samples.envelope(header: header)))
            #expect(found.code == .sender)
            #expect(found.subcode == WSAddressing.name("MessageAddressingHeaderRequired"))
            #expect(found.problemHeader == WSAddressing.name("Action"))
            #expect(found.httpStatus == 400)
            #expect(found.action == "http://www.w3.org/2005/08/addressing/fault")
            #expect(found.reason.contains("not in the namespace") == (header == old))
        }
        let noHeader = "<s:Envelope xmlns:s='\(SOAPNamespace.soap12)'><s:Body><x/></s:Body></s:Envelope>"
        #expect(try fault(noHeader)?.subcode == WSAddressing.name("MessageAddressingHeaderRequired"))
    }

    @Test(
        "WS-Addressing: a header given twice is InvalidCardinality",
        arguments: ["Action", "MessageID", "To", "ReplyTo", "FaultTo", "From"])
    func refusesDuplicates(name: String) throws {
        let block = "<a:\(name)><a:Address>x</a:Address></a:\(name)>"
        let action = name == "Action" ? "" : "<a:Action>x</a:Action>"
        let found = try #require(try fault(Samples.envelope(header: action + block + block)))
        #expect(found.subcode == WSAddressing.name("InvalidAddressingHeader"))
        #expect(found.detailCode == WSAddressing.name("InvalidCardinality"))
        #expect(found.problemHeader == WSAddressing.name(name))
        #expect(found.httpStatus == 400)
    }

    @Test("WS-Addressing: an empty Action and a ReplyTo without Address are invalid; RelatesTo may repeat")
    func checksContent() throws {
        #expect(
            try fault(Samples.envelope(header: "<a:Action> </a:Action>"))?.subcode
                == WSAddressing.name("InvalidAddressingHeader"))
        let noAddress = Samples.envelope(header: "<a:Action>x</a:Action><a:ReplyTo/>")
        #expect(try fault(noAddress)?.detailCode == WSAddressing.name("MissingAddressInEPR"))
        let header = "<a:Action> x\n</a:Action><a:RelatesTo>1</a:RelatesTo><a:RelatesTo>2</a:RelatesTo>"
        let envelope = try SOAPEnvelope.decode(try XMLDocument(parsing: Samples.envelope(header: header)))
        #expect(envelope.addressing == WSAddressing(action: "x", relatesTo: ["1", "2"]))
    }
}
