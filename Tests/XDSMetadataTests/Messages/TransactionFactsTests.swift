import NIOCore
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

@Suite("What a transaction turns out to be about")
struct TransactionFactsTests {
    private func facts(_ xml: String) throws -> TransactionFacts {
        let document = try XMLDocument(parsing: xml)
        let facts = TransactionFacts()
        facts.note(request: document.root, in: document)
        return facts
    }

    private static let declarations = """
        xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0" xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" \
        xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:xds="urn:ihe:iti:xds-b:2007" \
        xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
        """

    private func query(_ slots: String) -> String {
        """
        <query:AdhocQueryRequest \(Self.declarations)><query:ResponseOption returnType="LeafClass"/>\
        <rim:AdhocQuery id="urn:uuid:1">\(slots)</rim:AdhocQuery></query:AdhocQueryRequest>
        """
    }

    @Test(
        "A query: its id, its element, and every patient it names",
        arguments: [
            ("$XDSDocumentEntryPatientId", ["'1^^^&amp;2.999&amp;ISO'"], ["1^^^&2.999&ISO"]),
            ("$XDSSubmissionSetPatientId", ["'1^^^&amp;2.999&amp;ISO'"], ["1^^^&2.999&ISO"]),
            ("$patientId", ["'1^^^&amp;2.999&amp;ISO'"], ["1^^^&2.999&ISO"]),
            (
                "$XDSFolderPatientId",
                ["('1^^^&amp;2.999&amp;ISO', '2^^^&amp;2.999&amp;ISO')", "('2^^^&amp;2.999&amp;ISO')"],
                ["1^^^&2.999&ISO", "2^^^&2.999&ISO"]
            ),
            ("$XDSDocumentEntryStatus", ["('1')"], []),
        ])
    func query(name: String, values: [String], patients: [String]) throws {
        let list = values.map { "<rim:Value>\($0)</rim:Value>" }.joined()
        let xml = query("<rim:Slot name=\"\(name)\"><rim:ValueList>\(list)</rim:ValueList></rim:Slot>")
        let content = try facts(xml).content
        #expect(content.patientIds == patients)
        #expect(content.queryId == "urn:uuid:1")
        let copy = try XMLDocument(parsing: String(decoding: content.query ?? [], as: UTF8.self)).root
        #expect(copy.is(AdhocQueryRequest.element))
    }

    @Test("A query that names more patients than are told one by one: the rest is counted, without repetition")
    func manyPatients() throws {
        let ids = (0..<20_000).map { "'\($0)'" }.joined(separator: ",")
        let value = "<rim:Value>(\(ids))</rim:Value>"
        let xml = query(
            "<rim:Slot name=\"$XDSDocumentEntryPatientId\"><rim:ValueList>\(value)\(value)</rim:ValueList></rim:Slot>")
        let content = try facts(xml).content
        #expect(content.patientIds == (0..<1_000).map(String.init))
        #expect(content.patientsLeftOut == 19_000)
    }

    @Test("A removal: a document counts as failed by its whole id, and a failure removes none")
    func wholeIds() throws {
        func removal() throws -> TransactionFacts {
            let requests = ["1.2.3", "1.2.34"].map {
                "<xds:DocumentRequest><xds:RepositoryUniqueId>1</xds:RepositoryUniqueId>"
                    + "<xds:DocumentUniqueId>\($0)</xds:DocumentUniqueId></xds:DocumentRequest>"
            }.joined()
            return try facts(
                "<xds:RemoveDocumentsRequest \(Self.declarations)>\(requests)</xds:RemoveDocumentsRequest>")
        }
        let error = ErrorSubject("DocumentRequest", "1.2.34").error(
            .documentUniqueIdError, "not here", attribute: "DocumentUniqueId"
        )
        .found(by: .repository)
        let some = try removal()
        some.note(
            answer: [RegistryResponse(status: .partialSuccess, errors: [error]).encoded()], outcome: "PartialSuccess")
        #expect(some.content.documents.map(\.isDone) == [true, false])
        let none = try removal()
        none.note(
            answer: [RegistryResponse(errors: [RegistryError(.repositoryError, "internal")]).encoded()],
            outcome: "Failure")
        #expect(none.content.documents.map(\.isDone) == [false, false])
    }

    @Test(
        "A HomeCommunityId that is none, or longer than any OID, is not noted",
        arguments: [
            ("urn:oid:1.2.3", "urn:oid:1.2.3"), ("1.2.3", nil), ("urn:oid:" + String(repeating: "1", count: 65), nil),
        ])
    func homeCommunity(text: String, noted: String?) throws {
        let xml = """
            <xds:RetrieveDocumentSetRequest \(Self.declarations)><xds:DocumentRequest>\
            <xds:HomeCommunityId>\(text)</xds:HomeCommunityId><xds:RepositoryUniqueId>1</xds:RepositoryUniqueId>\
            <xds:DocumentUniqueId>2</xds:DocumentUniqueId></xds:DocumentRequest></xds:RetrieveDocumentSetRequest>
            """
        #expect(try facts(xml).content.documents.map(\.homeCommunityId) == [noted])
        let request = try RetrieveDocumentSetRequest(decoding: XMLDocument(parsing: xml).root)
        #expect(request.documents.map(\.homeCommunityId) == [noted])
    }

    @Test("A submission: patient and uniqueId of its SubmissionSet, valid or not")
    func submission() throws {
        let content = try facts(
            """
            <lcm:SubmitObjectsRequest \(Self.declarations)><rim:RegistryObjectList><rim:RegistryPackage id="s">
            <rim:ExternalIdentifier identificationScheme="\(EbRIMVocabulary.Scheme.submissionSetPatientId)" value="1^^^&amp;2.999&amp;ISO"/>
            <rim:ExternalIdentifier identificationScheme="\(EbRIMVocabulary.Scheme.submissionSetUniqueId)" value="2.999.5"/>
            </rim:RegistryPackage></rim:RegistryObjectList></lcm:SubmitObjectsRequest>
            """
        ).content
        #expect(content.patientIds == ["1^^^&2.999&ISO"])
        #expect(content.submissionSet == "2.999.5")
    }

    @Test("A removal of metadata: the objects it names")
    func removal() throws {
        let content = try facts(
            """
            <lcm:RemoveObjectsRequest \(Self.declarations)><rim:ObjectRefList><rim:ObjectRef id="urn:uuid:1"/>
            <rim:ObjectRef id="urn:uuid:2"/></rim:ObjectRefList></lcm:RemoveObjectsRequest>
            """
        ).content
        #expect(content.removedObjects == ["urn:uuid:1", "urn:uuid:2"])
    }

    private func retrieval() throws -> TransactionFacts {
        try facts(
            """
            <xds:RetrieveDocumentSetRequest \(Self.declarations)>
            <xds:DocumentRequest><xds:HomeCommunityId>urn:oid:1</xds:HomeCommunityId>
            <xds:RepositoryUniqueId>2.999.1</xds:RepositoryUniqueId><xds:DocumentUniqueId>2.999.7</xds:DocumentUniqueId></xds:DocumentRequest>
            <xds:DocumentRequest><xds:RepositoryUniqueId>2.999.1</xds:RepositoryUniqueId>
            <xds:DocumentUniqueId>2.999.8</xds:DocumentUniqueId></xds:DocumentRequest></xds:RetrieveDocumentSetRequest>
            """)
    }

    @Test("A retrieval: which documents are given out, and which are not")
    func documents() throws {
        let all = try retrieval()
        all.note(answer: [ByteBuffer(string: "<x/>")], outcome: "Success")
        #expect(all.content.documents.map(\.isDone) == [true, true])
        #expect(all.content.documents.first?.homeCommunityId == "urn:oid:1")

        let some = try retrieval()
        some.note(
            answer: [
                ByteBuffer(
                    string: """
                        <xds:RetrieveDocumentSetResponse \(Self.declarations)><rs:RegistryResponse status="x"><rs:RegistryErrorList>
                        <rs:RegistryError errorCode="XDSDocumentUniqueIdError" codeContext="document 2.999.8 is not available" severity="x"/>
                        </rs:RegistryErrorList></rs:RegistryResponse>
                        """),
                ByteBuffer(
                    string: """
                        <xds:DocumentResponse><xds:DocumentUniqueId>2.999.7</xds:DocumentUniqueId></xds:DocumentResponse>
                        </xds:RetrieveDocumentSetResponse>
                        """),
            ], outcome: "PartialSuccess")
        #expect(some.content.documents.map(\.isDone) == [true, false])
        #expect(some.content.error?.code == .documentUniqueIdError)
    }

    @Test("A success with warnings is told from one without")
    func warnings() {
        let facts = TransactionFacts()
        facts.note(
            answer: [
                RegistryResponse(
                    status: .success, errors: [RegistryError(.metadata, "words", severity: .warning)]
                ).encoded()
            ], outcome: "Success")
        #expect(facts.content.error?.severity == .warning)
        let plain = TransactionFacts()
        plain.note(answer: [RegistryResponse(errors: []).encoded()], outcome: "Success")
        #expect(plain.content.error == nil)
    }

    @Test("Of several errors the first counts, a warning before it does not")
    func firstError() {
        let facts = TransactionFacts()
        facts.note([
            RegistryError(.metadata, "warning", severity: .warning), RegistryError(.registryBusy, "first"),
            RegistryError(.registryError, "second"),
        ])
        #expect(facts.content.error?.context == "first")
    }
}
