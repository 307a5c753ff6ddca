import Foundation
import NIOCore
import Testing
import XMLKit

@testable import AuditTrail

@Suite("DICOM PS3.15 A.5: audit messages")
struct AuditMessageTests {
    private func message(_ event: AuditEvent) throws -> XMLElement {
        let recorded = RecordedEvent(
            sequence: 7, event: event, source: AuditBench.source, hash: Array(repeating: 0xab, count: 32))
        return try XMLDocument(parsing: recorded.message(enterpriseSiteID: "2.999.1.1").encoded()).root
    }

    private func names(_ element: XMLElement) -> [String] { element.children.map(\.localName) }

    private func child(_ element: XMLElement, _ name: String) -> XMLElement? {
        element.children.first { $0.localName == name }
    }

    private func all(_ element: XMLElement, _ name: String) -> [XMLElement] {
        element.children.filter { $0.localName == name }
    }

    private func code(_ element: XMLElement?) -> [String?] {
        ["csd-code", "codeSystemName", "originalText"].map { element?.attribute($0) }
    }

    @Test("A query, byte for byte")
    func golden() {
        var event = AuditBench.event(2)
        event.time = Date(timeIntervalSince1970: 1_768_469_400.118)
        event.requestID = "0123456789abcdef"
        event.grounds = .init(authorisation: "rights")
        let recorded = RecordedEvent(
            sequence: 7, event: event, source: AuditBench.source, hash: Array(repeating: 0xab, count: 32))
        let expected = """
            <AuditMessage><EventIdentification EventActionCode="E" EventDateTime="2026-01-15T09:30:00.118Z" \
            EventOutcomeIndicator="0"><EventID csd-code="110112" codeSystemName="DCM" originalText="Query"/><EventTypeCode \
            csd-code="ITI-18" codeSystemName="IHE Transactions" originalText="Registry Stored Query"/></EventIdentification>\
            <ActiveParticipant UserID="http://www.w3.org/2005/08/addressing/anonymous" \
            AlternativeUserID="CN=xds.ziekenhuis-oost.example,O=Ziekenhuis Oost,C=NL" UserName="hospital" \
            UserIsRequestor="true" NetworkAccessPointID="10.1.2.3" NetworkAccessPointTypeCode="2"><RoleIDCode \
            csd-code="110153" codeSystemName="DCM" originalText="Source Role ID"/></ActiveParticipant><ActiveParticipant \
            UserID="https://localhost:8443/xds/registry" AlternativeUserID="4711" UserIsRequestor="false" \
            NetworkAccessPointID="localhost" NetworkAccessPointTypeCode="1"><RoleIDCode csd-code="110152" \
            codeSystemName="DCM" originalText="Destination Role ID"/></ActiveParticipant><AuditSourceIdentification \
            AuditSourceID="node-1.example" AuditEnterpriseSiteID="2.999.1.1"><AuditSourceTypeCode csd-code="4" \
            codeSystemName="DCM" originalText="Application Server"/></AuditSourceIdentification>\
            <ParticipantObjectIdentification ParticipantObjectID="900186021^^^&amp;2.16.840.1.113883.2.4.6.3&amp;ISO" \
            ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode csd-code="2" \
            codeSystemName="RFC-3881" originalText="Patient Number"/><ParticipantObjectDetail type="AuthorisationProtocol" \
            value="cmlnaHRz"/><ParticipantObjectDetail type="TreatmentRelationProtocol" value="bm90IGV2YWx1YXRlZA=="/>\
            <ParticipantObjectDetail type="ConsentProfile" value="bm90IGV2YWx1YXRlZA=="/><ParticipantObjectDetail \
            type="ChecksDone" value="bm90IGV2YWx1YXRlZA=="/><ParticipantObjectDetail type="RequestID" \
            value="MDEyMzQ1Njc4OWFiY2RlZg=="/><ParticipantObjectDetail type="AuditRecord" \
            value="\(Data(("7:" + String(repeating: "ab", count: 32)).utf8).base64EncodedString())"/>\
            </ParticipantObjectIdentification><ParticipantObjectIdentification \
            ParticipantObjectID="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d" ParticipantObjectTypeCode="2" \
            ParticipantObjectTypeCodeRole="24"><ParticipantObjectIDTypeCode csd-code="ITI-18" \
            codeSystemName="IHE Transactions" originalText="Registry Stored Query"/><ParticipantObjectQuery>\
            PHF1ZXJ5OkFkaG9jUXVlcnlSZXF1ZXN0Lz4=</ParticipantObjectQuery><ParticipantObjectDetail type="QueryEncoding" \
            value="VVRGLTg="/><ParticipantObjectDetail type="ResultCount" value="Mg=="/></ParticipantObjectIdentification>\
            </AuditMessage>
            """
        #expect(String(buffer: recorded.message(enterpriseSiteID: "2.999.1.1").encoded()) == expected)
    }

    /// Transaction, EventID and action on the side that answers: ITI TF-2, table of each transaction.
    static let serverSide: [(AuditEventKind, String, String)] = [
        (.provideAndRegisterDocumentSet, "110107", "C"), (.registerDocumentSet, "110107", "C"),
        (.registerOnDemandDocumentEntry, "110107", "C"), (.updateDocumentSet, "110107", "U"),
        (.restrictedUpdateDocumentSet, "110107", "U"), (.removeMetadata, "110110", "D"),
        (.removeDocuments, "110110", "D"),
        (.registryStoredQuery, "110112", "E"), (.multiPatientStoredQuery, "110112", "E"),
        (.retrieveDocumentSet, "110106", "R"), (.patientIdentityFeed, "110110", "C"),
        (.patientIdentityFeedV3, "110110", "C"), (.notifyXADPIDLinkChange, "110110", "U"),
    ]

    @Test("EventID, EventActionCode and EventTypeCode of each transaction", arguments: serverSide)
    func transactions(kind: AuditEventKind, eventID: String, action: String) throws {
        let event = try #require(child(try message(AuditEvent(kind)), "EventIdentification"))
        #expect(event.attribute("EventActionCode") == action)
        #expect(code(child(event, "EventID")).first == eventID)
        #expect(code(child(event, "EventTypeCode")) == [kind.rawValue, "IHE Transactions", kind.name])
    }

    @Test(
        "Every kind has its elements in the order of the standard, with one participant and one object at least",
        arguments: AuditEventKind.allCases)
    func order(kind: AuditEventKind) throws {
        var event = AuditBench.event(0, kind)
        event.outcomeDescription = "words"
        event.person = .init(id: "<jansen@hospital>", role: "01.015^^2.999.4", purposeOfUse: "TREAT^^2.999.5")
        let root = try message(event)
        var groups = names(root)
        for index in groups.indices.dropFirst().reversed() where groups[index] == groups[index - 1] {
            groups.remove(at: index)
        }
        #expect(
            groups == [
                "EventIdentification", "ActiveParticipant", "AuditSourceIdentification",
                "ParticipantObjectIdentification",
            ])
        let identification = try #require(child(root, "EventIdentification"))
        #expect(names(identification) == ["EventID", "EventTypeCode", "EventOutcomeDescription", "PurposeOfUse"])
        #expect(all(root, "ActiveParticipant").contains { $0.attribute("UserIsRequestor") == "true" })
    }

    @Test("3.43: the repository is the source, the consumer the destination; a document names its repository")
    func retrieval() throws {
        var event = AuditEvent(.retrieveDocumentSet)
        event.endpoint = "https://xds.example/xds/repository"
        event.replyTo = "https://ecd.example/reply"
        event.objects = [
            .document("2.999.5", repositoryUniqueID: "2.999.1.2", homeCommunityID: "urn:oid:2.999.1.1")
        ]
        let root = try message(event)
        let participants = all(root, "ActiveParticipant")
        #expect(participants.map { $0.attribute("UserID") } == [event.endpoint, event.replyTo])
        #expect(participants.map { code(child($0, "RoleIDCode")).first } == ["110153", "110152"])
        #expect(participants.first?.attribute("UserIsRequestor") == "false")
        let document = try #require(all(root, "ParticipantObjectIdentification").first)
        #expect(document.attribute("ParticipantObjectTypeCodeRole") == "3")
        #expect(code(child(document, "ParticipantObjectIDTypeCode")) == ["9", "RFC-3881", "Report Number"])
        let details = all(document, "ParticipantObjectDetail")
        #expect(details[0].attribute("type") == "Repository Unique ID")
        #expect(details[0].attribute("value") == Data("2.999.1.2".utf8).base64EncodedString())
        #expect(details[1].attribute("type") == "ihe:homeCommunityID")
    }

    @Test("3.43: documents that were withheld are told apart from those that do not exist, and counted")
    func withheld() throws {
        var event = AuditEvent(.retrieveDocumentSet, outcome: .seriousFailure)
        #expect(event.hidden == nil)
        event.objects = [
            .document("2.999.5", repositoryUniqueID: "2.999.1.2"),
            .document("2.999.6", repositoryUniqueID: "2.999.1.2", further: [AuditObject.withheld]),
        ]
        #expect(event.hidden == 1)
        let documents = all(try message(event), "ParticipantObjectIdentification")
        let details = documents.map { all($0, "ParticipantObjectDetail").map { $0.attribute("type") } }
        #expect(details.map { $0.contains("Withheld") } == [false, true])
        let count = all(documents[0], "ParticipantObjectDetail").first { $0.attribute("type") == "HiddenCount" }
        #expect(count?.attribute("value") == Data("1".utf8).base64EncodedString())
    }

    @Test("An event of a kind that this version does not know is sent under the name it has")
    func unknownKind() throws {
        let recorded = RecordedEvent(
            sequence: 7, event: AuditEvent(.unknown), source: AuditBench.source, hash: [], unknownKind: "ITI-99")
        let root = try XMLDocument(parsing: recorded.message(enterpriseSiteID: nil).encoded()).root
        let event = try #require(child(root, "EventIdentification"))
        #expect(code(child(event, "EventTypeCode")).first == "ITI-99")
        #expect(code(child(event, "EventID")).first == "110113")
    }

    @Test("Removed objects have life cycle 15 and the type of a registry object reference")
    func removal() throws {
        var event = AuditEvent(.removeMetadata)
        event.objects = [AuditObject(.removedObject, id: "urn:uuid:1")]
        let object = try #require(all(try message(event), "ParticipantObjectIdentification").first)
        #expect(object.attribute("ParticipantObjectDataLifeCycle") == "15")
        #expect(code(child(object, "ParticipantObjectIDTypeCode")).first == "urn:ihe:iti:2017:ObjectRef")
    }

    @Test("A person is a participant of its own and then the requestor; the system is not")
    func person() throws {
        var event = AuditBench.event()
        event.person = .init(id: "<jansen@hospital>", name: "J. Jansen", role: "01.015^^2.999.4")
        let participants = all(try message(event), "ActiveParticipant")
        #expect(participants.map { $0.attribute("UserIsRequestor") } == ["false", "true", "false"])
        #expect(code(child(participants[1], "RoleIDCode")) == ["01.015", "2.999.4", "01.015"])
    }

    @Test(
        "Network access points: names are type 1, addresses type 2",
        arguments: [
            ("10.1.2.3:40123", "10.1.2.3", 2), ("[2001:db8::1]:443", "2001:db8::1", 2),
            ("https://xds.example:8443/x", "xds.example", 1),
            ("node-1.example", "node-1.example", 1), ("2001:db8::1", "2001:db8::1", 2),
        ])
    func accessPoints(text: String, id: String, typeCode: Int) {
        let point = NetworkAccessPoint(text)
        #expect(point?.id == id)
        #expect(point?.typeCode == typeCode)
    }

    @Test(
        "Times are UTC with milliseconds, leap days and centuries included",
        arguments: [
            (0.0, "1970-01-01T00:00:00.000Z"), (951_782_400.5, "2000-02-29T00:00:00.500Z"),
            (1_768_469_400.118, "2026-01-15T09:30:00.118Z"), (4_107_542_399.999, "2100-02-28T23:59:59.999Z"),
            (-1.0, "1969-12-31T23:59:59.000Z"),
        ])
    func times(seconds: Double, text: String) {
        #expect(AuditTime.text(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test(
        "RFC 5424 and 5425: priority 85, MSGID IHE+RFC-3881, no structured data, octets counted, unprintable names replaced"
    )
    func syslog() throws {
        var event = AuditEvent(.applicationStart)
        event.time = Date(timeIntervalSince1970: 1_768_469_400.118)
        event.outcomeDescription = "café"
        let recorded = RecordedEvent(sequence: 1, event: event, source: AuditBench.source, hash: [])
        let origin = SyslogMessage.Origin(hostName: "reg 1.é", application: "", process: "4711")
        var buffer = ByteBuffer()
        SyslogMessage(recorded.message(enterpriseSiteID: nil), at: event.time, from: origin).write(to: &buffer)
        let text = String(buffer: buffer)
        let length = try #require(text.split(separator: " ", maxSplits: 1).first.flatMap { Int($0) })
        #expect(text.utf8.count == length + "\(length) ".utf8.count)
        #expect(
            text.dropFirst("\(length) ".count).hasPrefix(
                "<85>1 2026-01-15T09:30:00.118Z reg_1.__ - 4711 IHE+RFC-3881 - <AuditMessage>"))
    }
}
