import FoundationEssentials
import NIOCore
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

@Suite("Messages of ITI-18, 41, 42 and 43")
struct MessageTests {
    @Test("golden: RegistryResponse of success")
    func writesSuccess() {
        #expect(
            String(buffer: RegistryResponse(errors: []).encoded()) == """
                <rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" \
                status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>
                """
        )
    }

    @Test("TF-3 4.2.4: RegistryResponse reads back; the worst severity decides")
    func roundTripResponse() throws {
        let warning = RegistryError(.extraMetadataNotSaved, "a & \"b\" <c>", severity: .warning)
        let error = RegistryError(.metadata, "DocumentEntry x: y", location: "XDSRegistry/Rule")
        let partly = RegistryResponse(errors: [warning])
        #expect(partly.status == .success)
        let failed = RegistryResponse(errors: [warning, error])
        #expect(failed.status == .failure)
        for response in [RegistryResponse(errors: []), partly, failed] {
            #expect(try RegistryResponse(decoding: element(response.encoded())) == response)
        }
        let text = String(buffer: failed.encoded())
        #expect(text.contains("highestSeverity=\"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error\""))
    }

    @Test("an error code of another vendor is kept")
    func keepsUnknownCode() throws {
        let xml = """
            <rs:RegistryResponse status="\(ResponseStatus.failure.rawValue)"><rs:RegistryErrorList>\
            <rs:RegistryError errorCode="VendorError" codeContext="x"/></rs:RegistryErrorList></rs:RegistryResponse>
            """
        let response = try RegistryResponse(decoding: element(xml))
        #expect(response.errors == [RegistryError(RegistryErrorCode(rawValue: "VendorError"), "x")])
    }

    @Test("AdhocQueryResponse: head, fragments and tail are one element")
    func splicesFragments() throws {
        let result = try SubmissionValidator(.registerDocumentSet).validate(
            SampleMetadata.submission(folders: 1).completed().unverified, against: .sample(), at: registrationTime
        )
        let fragments =
            [result.documentEntries[0].fragment, result.submissionSet.fragment, result.folders[0].fragment]
            + result.associations.map(\.fragment)
        let buffers = AdhocQueryResponse.success(fragments.map { ByteBuffer(string: $0) })
        let (response, objects) = try AdhocQueryResponse.decode(try element(joined(buffers)))
        #expect(response == AdhocQueryResponse(status: .success))
        #expect(objects.extrinsicObjects.count == 1 && objects.packages.count == 2 && objects.associations.count == 2)
    }

    @Test("AdhocQueryResponse: ObjectRefs with and without home, and failure with an empty list")
    func writesObjectRefs() throws {
        let ids = [UUID(), UUID()]
        let home = try HomeCommunityID(parsing: "urn:oid:2.999.9")
        let plain = joined(AdhocQueryResponse.success([AdhocQueryResponse.objectRefs(ids)]))
        #expect(try AdhocQueryResponse.decode(element(plain)).objects.objectRefs == ids.map(\.urn))
        let withHome = joined(AdhocQueryResponse.success([AdhocQueryResponse.objectRefs(ids, home: home)]))
        let list = try #require(try element(withHome).first(QualifiedName(XDSNamespace.rim, "RegistryObjectList")))
        #expect(list.children.map { $0.attribute("home") } == ["urn:oid:2.999.9", "urn:oid:2.999.9"])
        let errors = [RegistryError(.unknownStoredQuery, "x")]
        let failed = try AdhocQueryResponse.decode(element(joined(AdhocQueryResponse.failure(errors))))
        #expect(failed.response == AdhocQueryResponse(status: .failure, errors: errors))
        #expect(failed.objects == RegistryObjectList())
    }

    @Test("AdhocQueryRequest: returnType is ObjectRef or LeafClass")
    func readsReturnType() throws {
        let query = SampleQuery.findDocuments(returnType: "ObjectRef")
        let request = try AdhocQueryRequest(decoding: element(query.request()))
        #expect(request.returnType == .objectRef)
        #expect(request.query == query.adhocQuery)
        for wrong in [nil, "RegistryObject", "LeafClassWithRepositoryItem", "leafclass"] as [String?] {
            var query = query
            query.returnType = wrong
            #expect(throws: MessageDecodingError.self) { try AdhocQueryRequest(decoding: element(query.request())) }
        }
    }

    @Test("RetrieveDocumentSetResponse: status follows from what was found")
    func tellsRetrieveStatus() {
        let request = RetrieveDocumentSetRequest.DocumentRequest(repositoryUniqueId: "1.3", documentUniqueId: "1.4")
        let found = RetrieveDocumentSetResponse.DocumentResponse(request: request, mimeType: "application/pdf")
        let error = RegistryError(.documentUniqueIdError, "1.5")
        let warning = RegistryError(.documentQueued, "1.5", severity: .warning)
        #expect(RetrieveDocumentSetResponse(documents: [found], errors: []).registryResponse.status == .success)
        #expect(RetrieveDocumentSetResponse(documents: [found], errors: [warning]).registryResponse.status == .success)
        #expect(
            RetrieveDocumentSetResponse(documents: [found], errors: [error]).registryResponse.status == .partialSuccess)
        #expect(RetrieveDocumentSetResponse(documents: [], errors: [error]).registryResponse.status == .failure)
    }

    @Test("RetrieveDocumentSetResponse: contents go between the pieces")
    func writesRetrieveResponse() throws {
        let request = RetrieveDocumentSetRequest.DocumentRequest(
            homeCommunityId: "urn:oid:1.2", repositoryUniqueId: "1.3", documentUniqueId: "1.4"
        )
        let found = RetrieveDocumentSetResponse.DocumentResponse(request: request, mimeType: "application/pdf")
        let error = RegistryError(.documentUniqueIdError, "1.5")
        let pieces = RetrieveDocumentSetResponse(documents: [found, found], errors: [error]).encodedAroundContents()
        try #require(pieces.count == 3)
        let whole = joined([pieces[0], ByteBuffer(string: "AAE="), pieces[1], ByteBuffer(string: "AAI="), pieces[2]])
        let (response, documents) = try RetrieveDocumentSetResponse.decode(element(whole))
        #expect(response == RegistryResponse(status: .partialSuccess, errors: [error]))
        #expect(documents.map(\.documentUniqueId) == ["1.4", "1.4"])
        #expect(documents.map(\.element.text) == ["AAE=", "AAI="])
        let empty = RetrieveDocumentSetResponse(documents: [], errors: [error]).encodedAroundContents()
        #expect(try RetrieveDocumentSetResponse.decode(element(joined(empty))).documents.isEmpty)
    }

    @Test("what a request lacks", arguments: broken)
    func refuses(_ xml: String) throws {
        let root = try element(xml)
        #expect(throws: MessageDecodingError.self) {
            switch root.localName {
            case "SubmitObjectsRequest": _ = try RegisterDocumentSetRequest(decoding: root)
            case "AdhocQueryRequest": _ = try AdhocQueryRequest(decoding: root)
            case "RetrieveDocumentSetRequest": _ = try RetrieveDocumentSetRequest(decoding: root)
            default: _ = try ProvideAndRegisterDocumentSetRequest(decoding: root)
            }
        }
    }

    static let broken = [
        "<lcm:SubmitObjectsRequest/>",
        "<rim:SubmitObjectsRequest><rim:RegistryObjectList/></rim:SubmitObjectsRequest>",
        "<xds:ProvideAndRegisterDocumentSetRequest/>",
        "<xds:ProvideAndRegisterDocumentSetRequest><lcm:SubmitObjectsRequest><rim:RegistryObjectList/></lcm:SubmitObjectsRequest><xds:Document/></xds:ProvideAndRegisterDocumentSetRequest>",
        "<query:AdhocQueryRequest/>",
        "<query:AdhocQueryRequest><query:ResponseOption returnType=\"LeafClass\"/></query:AdhocQueryRequest>",
        "<query:AdhocQueryRequest><query:ResponseOption returnType=\"LeafClass\"/><rim:AdhocQuery/></query:AdhocQueryRequest>",
        "<xds:RetrieveDocumentSetRequest/>",
        "<xds:RetrieveDocumentSetRequest><xds:DocumentRequest><xds:DocumentUniqueId>1</xds:DocumentUniqueId></xds:DocumentRequest></xds:RetrieveDocumentSetRequest>",
        "<xds:RetrieveDocumentSetRequest><xds:DocumentRequest><xds:RepositoryUniqueId>1</xds:RepositoryUniqueId><xds:DocumentUniqueId> </xds:DocumentUniqueId></xds:DocumentRequest></xds:RetrieveDocumentSetRequest>",
    ]

    private func joined(_ buffers: [ByteBuffer]) -> ByteBuffer {
        var result = ByteBuffer()
        for buffer in buffers { result.writeImmutableBuffer(buffer) }
        return result
    }
}
