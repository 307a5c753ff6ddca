import Foundation
import NIOCore
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

/// Folders with schemas of ebRS and of the IHE repository: our own, and the official ones if they are there.
struct SchemaSet: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Files that together bind all namespaces of our messages.
    let paths: [String]

    static let all: [SchemaSet] = {
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { place.deleteLastPathComponent() }
        let own = place.appending(path: "schemas/xsd")
        var sets = [SchemaSet("own schemas", own, ["query.xsd", "lcm.xsd", "xds.xsd"])].compactMap { $0 }
        while place.path != "/" {
            let official = place.appending(path: "../shared/reference/schemas").standardized
            let files = ["ebRS/query.xsd", "ebRS/lcm.xsd", "IHE/XDS.b_DocumentRepository.xsd"]
            if let set = SchemaSet("official schemas", official, files) { return sets + [set] }
            place.deleteLastPathComponent()
        }
        return sets
    }()

    private init?(_ description: String, _ folder: URL, _ files: [String]) {
        testDescription = description
        paths = files.map { folder.appending(path: $0).path }
        guard paths.allSatisfy({ FileManager.default.fileExists(atPath: $0) }) else { return nil }
    }

    func violations(_ buffers: ByteBuffer...) throws -> [String] {
        var whole = ByteBuffer()
        for buffer in buffers { whole.writeImmutableBuffer(buffer) }
        return try XSDSchema(paths: paths).validate(whole).map { "\($0)" }
    }
}

@Suite("What we write is valid against the schemas")
struct SchemaTests {
    private let failure = [
        RegistryError(.metadata, "a & b", location: "XDSRegistry/Rule"),
        RegistryError(.extraMetadataNotSaved, "c", severity: .warning),
    ]

    @Test("there are schemas to validate against") func findsSchemas() { #expect(!SchemaSet.all.isEmpty) }

    @Test("the schemas refuse what is wrong", arguments: SchemaSet.all)
    func refusesWrong(_ schema: SchemaSet) throws {
        let xml = ByteBuffer(string: "<rs:RegistryResponse xmlns:rs=\"\(XDSNamespace.rs)\"/>")
        #expect(try schema.violations(xml) != [])
    }

    @Test("RegistryResponse", arguments: SchemaSet.all)
    func registryResponse(_ schema: SchemaSet) throws {
        #expect(try schema.violations(RegistryResponse(errors: []).encoded()) == [])
        #expect(try schema.violations(RegistryResponse(errors: failure).encoded()) == [])
    }

    @Test("AdhocQueryResponse with whole objects, with ObjectRefs and with errors", arguments: SchemaSet.all)
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

    @Test("RetrieveDocumentSetResponse with inline content", arguments: SchemaSet.all)
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

    @Test("the samples: requests of ITI-18 and ITI-42", arguments: SchemaSet.all)
    func samples(_ schema: SchemaSet) throws {
        #expect(try schema.violations(SampleMetadata.submission(documents: 2, folders: 1).registerRequest()) == [])
        #expect(try schema.violations(SampleQuery.findDocuments().request()) == [])
    }
}
