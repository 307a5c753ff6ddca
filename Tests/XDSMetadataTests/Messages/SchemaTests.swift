import Foundation
import NIOCore
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

@Suite("What we write is valid against the schemas")
struct SchemaTests {
    private let failure = [
        RegistryError(.metadata, "a & b", location: "XDSRegistry/Rule"),
        RegistryError(.extraMetadataNotSaved, "c", severity: .warning),
    ]

    @Test(
        "the official schemas are among them",
        .enabled(if: SchemaSet.official != nil, "the official schemas are not at hand: only our own are used"))
    func usesOfficial() { #expect(SchemaSet.available.count == 2) }

    @Test("the schemas refuse what is wrong", arguments: SchemaSet.available)
    func refusesWrong(_ schema: SchemaSet) throws {
        let xml = ByteBuffer(string: "<rs:RegistryResponse xmlns:rs=\"\(XDSNamespace.rs)\"/>")
        #expect(try schema.violations(xml) != [])
    }

    @Test("RegistryResponse", arguments: SchemaSet.available)
    func registryResponse(_ schema: SchemaSet) throws {
        #expect(try schema.violations(RegistryResponse(errors: []).encoded()) == [])
        #expect(try schema.violations(RegistryResponse(errors: failure).encoded()) == [])
    }

    @Test("AdhocQueryResponse with whole objects, with ObjectRefs and with errors", arguments: SchemaSet.available)
    func adhocQueryResponse(_ schema: SchemaSet) throws {
        var sample = SampleMetadata.submission(documents: 2, folders: 1).completed()
        sample.documentEntry.object.setSlot("urn:example:extra", ["x"])
        sample.documentEntry.isOpaque = "false"
        sample.documentEntry.contentVersionInfo = VersionInfo(versionName: "1")
        sample.link(folder: "Folder01", documentEntry: "Document01")
        let result = try SubmissionValidator(.registerDocumentSet)
            .validate(sample.unverified, against: .sample(), at: registrationTime)
        let fragments =
            result.documentEntries.map(\.fragment) + [result.submissionSet.fragment] + result.folders.map(\.fragment)
            + result.associations.map(\.fragment)
        let head = AdhocQueryResponse(status: .success).head
        let whole = ByteBuffer(string: fragments.joined())
        #expect(try schema.violations(head, whole, AdhocQueryResponse.tail) == [])
        let refs = AdhocQueryResponse.objectRefs([UUID()], home: try HomeCommunityID(parsing: "urn:oid:2.999.9"))
        #expect(try schema.violations(head, refs, AdhocQueryResponse.tail) == [])
        let failed = AdhocQueryResponse(status: .failure, errors: failure).head
        #expect(try schema.violations(failed, AdhocQueryResponse.tail) == [])
    }

    @Test("RetrieveDocumentSetResponse with inline content", arguments: SchemaSet.available)
    func retrieveResponse(_ schema: SchemaSet) throws {
        let request = RetrieveDocumentSetRequest.DocumentRequest(
            homeCommunityId: "urn:oid:1.2", repositoryUniqueId: "1.3", documentUniqueId: "1.4"
        )
        let found = RetrieveDocumentSetResponse.DocumentResponse(request: request, mimeType: "application/pdf")
        let pieces = RetrieveDocumentSetResponse(documents: [found], errors: failure).encodedAroundContents()
        try #require(pieces.count == 2)
        #expect(try schema.violations(pieces[0], ByteBuffer(string: "AAE="), pieces[1]) == [])
        let empty = RetrieveDocumentSetResponse(documents: [], errors: failure).encodedAroundContents()
        #expect(try schema.violations(empty[0]) == [])
    }

    @Test("the samples: requests of ITI-18 and ITI-42", arguments: SchemaSet.available)
    func samples(_ schema: SchemaSet) throws {
        #expect(try schema.violations(SampleMetadata.submission(documents: 2, folders: 1).registerRequest()) == [])
        #expect(try schema.violations(SampleQuery.findDocuments().request()) == [])
    }

    @Test(
        "the messages that products of other vendors recorded are valid against our schemas",
        .enabled(if: !RecordedMessages.areMissing, "no recorded messages: set XDS_SAMPLES"),
        arguments: [
            "ITI-18_request_raw.xml", "ITI-18_response_raw.xml", "ITI-41_request_raw.xml", "ITI-41_response_raw.xml",
            "ITI-43_request_raw.xml", "ITI-43_response_raw.xml",
        ])
    func acceptsRecordings(_ name: String) throws {
        // A reference to a part stands for its bytes.
        let reference = #/<[^<>\/]*Include [^<>]*(\/>|><\/[^<>]*Include>)/#
        let text = String(buffer: try RecordedMessages.payload(name).serialized()).replacing(reference, with: "")
        #expect(try SchemaSet.own.violations(ByteBuffer(string: text)) == [])
    }
}
