import Foundation
import NIOCore
import Testing
import XMLKit

@testable import XDSMetadata

@Suite("ITI-44: messages")
struct PatientIdentityFeedV3Tests {
    private static let schema: String = {
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { place.deleteLastPathComponent() }
        return place.appending(path: "schemas/xsd/pix.xsd").path
    }()

    private static func message(_ content: String, head: String = "") -> String {
        #"<PRPA_IN201304UV02 xmlns="urn:hl7-org:v3">\#(head)\#(content)</PRPA_IN201304UV02>"#
    }

    private static func act(_ event: String) -> String {
        "<controlActProcess><subject><registrationEvent>\(event)</registrationEvent></subject></controlActProcess>"
    }

    private static let patient = #"<subject1><patient><id root="2.9" extension="1"/></patient></subject1>"#
    private static let prior =
        #"<replacementOf><priorRegistration><subject1><priorRegisteredRole><id root="2.9" extension="2"/></priorRegisteredRole></subject1></priorRegistration></replacementOf>"#

    @Test("a merge: ids of the patient, and those that end")
    func merge() throws {
        let document = try XMLDocument(parsing: Self.message(Self.act(Self.patient + Self.prior)))
        let request = try PatientIdentityFeedV3Request(decoding: document.root)
        #expect(request.interaction == .merge)
        #expect(
            request.registrations == [
                .init(
                    ids: [FeedIdentifier(id: "1", universalID: "2.9")],
                    priorIDs: [FeedIdentifier(id: "2", universalID: "2.9")])
            ])
    }

    @Test(
        "what is missing is named",
        arguments: [
            ("", "controlActProcess"), ("<controlActProcess/>", "subject"),
            ("<controlActProcess><subject/></controlActProcess>", "registrationEvent"), (act(""), "subject1/patient"),
            (act(patient), "priorRegisteredRole"),
        ])
    func missing(content: String, name: String) throws {
        let document = try XMLDocument(parsing: Self.message(content))
        let error = #expect(throws: MessageDecodingError.self) {
            try PatientIdentityFeedV3Request(decoding: document.root)
        }
        #expect(error?.reason.contains(name) == true)
    }

    private static func head(_ acceptAckCode: String) -> String {
        """
        <id root="2.8" extension="M&amp;7"/><creationTime value="2026"/><interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201304UV02"/>\
        <processingCode code="T"/><processingModeCode code="T"/><acceptAckCode code="\(acceptAckCode)"/>\
        <receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.1"/></device></receiver>\
        <sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.2"/></device></sender>
        """
    }

    @Test(
        "the acknowledgement: accept or application level as it was asked for, sender and receiver change places",
        arguments: [
            ("AL", false, "CA"), ("AL", true, "CE"), ("ER", true, "CE"), ("NE", false, "AA"), ("NE", true, "AE"),
        ])
    func acknowledgement(acceptAckCode: String, isRefused: Bool, typeCode: String) throws {
        let text = Self.message(Self.act(Self.patient + Self.prior), head: Self.head(acceptAckCode))
        let message = try XMLDocument(parsing: text).root
        let details =
            isRefused ? [HL7V3Acknowledgement.Detail(.error, "a < b", location: "x/y")] : [.init(.warning, "w")]
        let answer = HL7V3Acknowledgement(
            answering: HL7V3MessageHead(of: message), details: details, at: try DTM(parsing: "20261126120000"))
        #expect(answer.typeCode == typeCode && answer.isRefusal == isRefused)
        let root = try XMLDocument(parsing: answer.encoded()).root
        func id(_ path: [String]) -> XMLElement? {
            path.reduce(Optional(root)) { $0?.first(.hl7($1)) }?.first(.hl7("id"))
        }
        #expect(id(["receiver", "device"])?.attribute("root") == "2.2")
        #expect(id(["sender", "device"])?.attribute("root") == "2.1")
        #expect(id(["acknowledgement", "targetMessage"])?.attribute("extension") == "M&7")
        let schema = try XSDSchema(paths: [Self.schema])
        #expect(try schema.validate(answer.encoded()).map { "\($0)" } == [])
        #expect(try schema.validate(ByteBuffer(string: text)).map { "\($0)" } == [])
    }

    @Test("a message whose head is missing is answered nevertheless")
    func withoutHead() throws {
        let head = HL7V3MessageHead(of: try XMLDocument(parsing: Self.message("")).root)
        let answer = HL7V3Acknowledgement(answering: head, details: [.init(.error, "x")], at: try DTM(parsing: "2026"))
        #expect(try XSDSchema(paths: [Self.schema]).validate(answer.encoded()).map { "\($0)" } == [])
    }
}
