import Foundation
import NIOCore
import Testing
import XDSMetadata
import XMLKit

@testable import Gateway

@Suite("ITI-44: patient identity feed HL7 V3")
struct PatientFeedV3Tests {
    private static let domain = "2.16.840.1.113883.2.4.6.3"

    private static func cx(_ bsn: String) -> String { "\(bsn)^^^&\(domain)&ISO" }

    /// A message in the least form that says everything, with a prefix where the recorded one has none.
    private static func message(
        _ interaction: String, ids: [(root: String, extension: String)], prior: String? = nil,
        acceptAckCode: String = "AL"
    ) -> String {
        let patient = ids.map { #"<h:id root="\#($0.root)" extension="\#($0.extension)"/>"# }.joined()
        let replacement =
            prior.map {
                """
                <h:replacementOf typeCode="RPLC"><h:priorRegistration classCode="REG" moodCode="EVN"><h:statusCode code="obsolete"/>\
                <h:subject1 typeCode="SBJ"><h:priorRegisteredRole classCode="PAT"><h:id root="\(domain)" extension="\($0)"/>\
                </h:priorRegisteredRole></h:subject1></h:priorRegistration></h:replacementOf>
                """
            } ?? ""
        return """
            <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">\
            <s:Header><a:Action s:mustUnderstand="true">urn:hl7-org:v3:\(interaction)</a:Action><a:MessageID>urn:uuid:1</a:MessageID>\
            </s:Header><s:Body><h:\(interaction) xmlns:h="urn:hl7-org:v3" ITSVersion="XML_1.0"><h:id root="2.999.9" extension="M7"/>\
            <h:creationTime value="20261126"/><h:interactionId root="2.16.840.1.113883.1.6" extension="\(interaction)"/>\
            <h:processingCode code="P"/><h:processingModeCode code="T"/><h:acceptAckCode code="\(acceptAckCode)"/>\
            <h:receiver typeCode="RCV"><h:device classCode="DEV" determinerCode="INSTANCE"><h:id root="2.999.1"/></h:device></h:receiver>\
            <h:sender typeCode="SND"><h:device classCode="DEV" determinerCode="INSTANCE"><h:id root="2.999.2"/></h:device></h:sender>\
            <h:controlActProcess classCode="CACT" moodCode="EVN"><h:subject typeCode="SUBJ"><h:registrationEvent classCode="REG" moodCode="EVN">\
            <h:statusCode code="active"/><h:subject1 typeCode="SBJ"><h:patient classCode="PAT">\(patient)</h:patient></h:subject1>\
            \(replacement)</h:registrationEvent></h:subject></h:controlActProcess></h:\(interaction)></s:Body></s:Envelope>
            """
    }

    private static func hl7(_ name: String) -> QualifiedName { QualifiedName("urn:hl7-org:v3", name) }

    /// typeCode and the texts of the details.
    private static func read(_ answer: DemoClient.Answer) throws -> (code: String, texts: [String]) {
        let payload = try Partner.payload(answer)
        #expect(payload.is(hl7("MCCI_IN000002UV01")))
        #expect(answer.text.contains("urn:hl7-org:v3:MCCI_IN000002UV01</"), "wsa:Action of the answer")
        let acknowledgement = try #require(payload.first(hl7("acknowledgement")))
        let texts = acknowledgement.all(hl7("acknowledgementDetail")).compactMap { $0.first(hl7("text"))?.text }
        return (acknowledgement.first(hl7("typeCode"))?.attribute("code") ?? "", texts)
    }

    @Test("add, revise and merge: documents follow, the history names the message")
    func addReviseMerge() async throws {
        try await GatewayProcess.with { gateway in
            let hospital = Partner(gateway, "hospital")
            let (one, two) = ("100000009", "100000010")
            for id in [one, two] {
                let add = Self.message("PRPA_IN201301UV02", ids: [("2.999.5", "local"), (Self.domain, id)])
                let (code, texts) = try Self.read(try await hospital.post("/pix", soap: add))
                #expect(code == "CA" && texts.isEmpty, "\(texts)")
            }
            let document = hospital.document(1, bytes: .random(500, seed: 1))
            #expect(try await hospital.submit([document], patient: Self.cx(two)).status == .success)
            let revise = Self.message("PRPA_IN201302UV02", ids: [(Self.domain, "100000011")])
            #expect(try Self.read(try await hospital.post("/pix", soap: revise)).code == "CA")
            let merge = Self.message("PRPA_IN201304UV02", ids: [(Self.domain, one)], prior: two)
            #expect(try Self.read(try await hospital.post("/pix", soap: merge)).code == "CA")
            let found = try await hospital.find(patient: Self.cx(one)).extrinsicObjects.compactMap(\.uniqueID)
            #expect(found == [document.uniqueID])
            let history = try await gateway.command(["patient", "history", Self.cx(two)])
            #expect(history.output.contains("ITI-44") && history.output.contains("2.999.9^M7"))

            let again = try Self.read(try await hospital.post("/pix", soap: merge))
            #expect(again.code == "CE" && again.texts.first?.contains("merged into another one before") == true)
            let foreign = Self.message("PRPA_IN201301UV02", ids: [("2.999.5", "local")], acceptAckCode: "NE")
            let refused = try Self.read(try await hospital.post("/pix", soap: foreign))
            #expect(refused.code == "AE" && refused.texts.first?.contains(Self.domain) == true)
            let metrics = try await gateway.operations("/metrics").body
            #expect(
                metrics.contains(
                    #"xds_requests_total{transaction="ITI-44",organisation="hospital",outcome="Failure"} 2"#))
        }
    }

    @Test("an organisation without the right gets HTTP 403; a message without patient is answered with what is missing")
    func refusals() async throws {
        try await GatewayProcess.with { gateway in
            let add = Self.message("PRPA_IN201301UV02", ids: [(Self.domain, "100000009")])
            #expect(try await Partner(gateway, "gp").post("/pix", soap: add).status == 403)
            let hospital = Partner(gateway, "hospital")
            let empty = add.replacing("registrationEvent", with: "other")
            let (code, texts) = try Self.read(try await hospital.post("/pix", soap: empty))
            #expect(code == "CE" && texts.first?.contains("registrationEvent is missing") == true)
            let merge = Self.message("PRPA_IN201304UV02", ids: [(Self.domain, "100000009")])
            let unmerged = try Self.read(try await hospital.post("/pix", soap: merge))
            #expect(unmerged.code == "CE" && unmerged.texts.first?.contains("priorRegistration") == true)
            let unknown = add.replacing("PRPA_IN201301UV02", with: "PRPA_IN201305UV02")
            #expect(try await hospital.post("/pix", soap: unknown).status == 400)
        }
    }

    @Test(
        "the recorded message of another vendor, with our domain, makes its patient known",
        .enabled(if: TestSurroundings.samples != nil, "the recorded messages are not at hand"))
    func recorded() async throws {
        try await GatewayProcess.with { gateway in
            let folder = try #require(TestSurroundings.samples)
            let text = try String(contentsOfFile: folder + "/ITI-44_request_raw.xml", encoding: .utf8)
            let message = text.replacing("2.16.756.5.30.1.127.3.10.3", with: Self.domain)
                .replacing("761337610435201235", with: "100000009")
            let hospital = Partner(gateway, "hospital")
            let answer = try await hospital.post("/pix", soap: message)
            #expect(try Self.read(answer).code == "CA")
            let payload = try Partner.payload(answer)
            let target = payload.first(Self.hl7("acknowledgement"))?.first(Self.hl7("targetMessage"))
            #expect(target?.first(Self.hl7("id"))?.attribute("extension") == "1694431245655")
            let history = try await gateway.command(["patient", "history", Self.cx("100000009")])
            #expect(history.output.contains("added"))
            let foreign = try Self.read(try await hospital.post("/pix", soap: text))
            #expect(foreign.code == "CE" && foreign.texts.first?.contains("2.16.756.5.30.1.127.3.10.3") == true)
        }
    }

    @Test("GET /pix?wsdl describes the service, and its schema accepts what is sent and answered")
    func description() async throws {
        try await GatewayProcess.with { gateway in
            let curl = [
                "-s", "--cacert", gateway.pki + "/ca.pem", "--cert", gateway.pki + "/hospital.pem", "--key",
                gateway.pki + "/hospital.key",
            ]
            let wsdl = try await GatewayProcess.run("/usr/bin/curl", curl + [gateway.address + "/pix?wsdl"]).output
            #expect(wsdl.contains(gateway.address + "/pix") && wsdl.contains("urn:hl7-org:v3:PRPA_IN201304UV02"))
            let xsd = try await GatewayProcess.run("/usr/bin/curl", curl + [gateway.address + "/pix?xsd=pix.xsd"])
                .output
            #expect(xsd.contains("MCCI_IN000002UV01"))
        }
    }

    @Test("patient merge and patient history as commands")
    func commands() async throws {
        try await GatewayProcess.with { gateway in
            let (one, two) = (GatewayProcess.patients[0], GatewayProcess.patients[1])
            let merged = try await gateway.command(["patient", "merge", two, one])
            #expect(merged.status == 0 && merged.output.contains("merged"), "\(merged.errorOutput)")
            let again = try await gateway.command(["patient", "merge", two, one])
            #expect(again.status != 0 && again.errorOutput.contains("merged into another one before"))
            let history = try await gateway.command(["patient", "history", one])
            #expect(history.output.contains("took over") && history.output.contains("administration"))
            let unknown = try await gateway.command(["patient", "history", Self.cx("100000009")])
            #expect(unknown.status != 0 && unknown.errorOutput.contains("not known"))
        }
    }
}
