import Foundation
import NIOCore
import Testing
import XDSMetadata
import XMLKit

@testable import Gateway

/// Messages that products of other vendors sent each other, with patient and repository replaced by ours.
@Suite(
    "Recorded messages of other vendors",
    .enabled(if: TestSurroundings.samples != nil, "the recorded messages are not at hand"))
struct RecordedMessagesTests {
    private static let patient = GatewayProcess.patients[0].replacing("&", with: "&amp;")

    @Test(
        "ITI-41 of a CXF client, cut out of a proxy's log, is registered; ITI-18 of another finds it; ITI-43 of a third retrieves it"
    )
    func mainJob() async throws {
        try await GatewayProcess.with { gateway in
            let partner = Partner(gateway, "hospital")
            let package = try Self.provideAndRegister()
            let answer = try await partner.post("/xds/repository", package: package.message)
            let response = try RegistryResponse(decoding: try Partner.payload(answer))
            #expect(response.status == .success, "\(response.errors.map(\.context))")

            let query = try Self.text("ITI-18_request_raw.xml")
                .replacing(#/'[^']*\^\^\^&amp;[^']*'/#, with: "'\(Self.patient)'")
            let found = try await partner.query(query)
            #expect(found.response.status == .success)
            #expect(found.objects.objectRefs.count == 1)

            let entries = try await partner.find().extrinsicObjects
            let uniqueID = try #require(entries.first?.uniqueID)
            let retrieve = try Self.text("ITI-43_request_raw.xml")
                .replacing("1.3.6.1.4.1.21367.2017.2.3.54", with: GatewayProcess.repositoryUniqueID)
                .replacing("1.3.6.1.4.1.21367.2017.2.1.75.20200922130227623", with: uniqueID)
            let retrieved = try await partner.post("/xds/repository", soap: retrieve)
            let (status, documents) = try RetrieveDocumentSetResponse.decode(try Partner.payload(retrieved))
            #expect(status.status == .success)
            // This client sends no MTOM package, so the document comes as base64 in the envelope.
            let bytes = try #require(documents.first.flatMap { Data(base64Encoded: $0.element.trimmedText) })
            #expect(ByteBuffer(bytes: bytes) == package.document)
        }
    }

    private static func text(_ name: String) throws -> String {
        let folder = try #require(TestSurroundings.samples)
        return try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }

    /// The MIME package of the log with its own boundary, and the document in it.
    private static func provideAndRegister() throws -> (message: DemoMessages.Package, document: ByteBuffer) {
        let log = try text("ITI-41_request_raw.xml").replacing(
            #/value="[^"]*&amp;1\.3\.6\.1\.4\.1\.12559\.11\.20\.1&amp;ISO"/#, with: "value=\"\(patient)\"")
        let start = try #require(log.range(of: "\n--"))
        let boundary = log[start.upperBound...].prefix(while: { !$0.isNewline })
        let end = try #require(log.range(of: "\n--\(boundary)--"))
        let package = String(log[log.index(after: start.lowerBound)..<end.upperBound]) + "\n"
        let lastPart = try #require(package.components(separatedBy: "--\(boundary)").dropLast().last)
        let content = try #require(lastPart.range(of: "\n\n"))
        return (
            DemoMessages.Package(
                contentType: """
                    multipart/related; boundary="\(boundary)"; type="application/xop+xml"; start="<root.message@cxf.apache.org>"; \
                    start-info="application/soap+xml"; action="urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
                    """,
                body: [ByteBuffer(string: package)]),
            ByteBuffer(string: String(lastPart[content.upperBound...].dropLast()))
        )
    }
}
