import Foundation
import NIOCore
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("Value sets of the region, through the daemon")
struct ValueSetTests {
    private static let dutch = TestSurroundings.root + "/valuesets/nl"

    @Test("the Dutch set of the demo: its own documents give no warning; a code outside is registered with one")
    func warns() async throws {
        let environment = ["XDS_VALUE_SETS_FOLDER": Self.dutch, "XDS_VALUE_SETS_MODE": "warn"]
        try await GatewayProcess.with(environment: environment) { gateway in
            let hospital = Partner(gateway, "hospital")
            let documents = try DemoDocument.samples(folder: TestSurroundings.documents, run: hospital.messages.run)
            let clean = try await hospital.submit(documents)
            #expect(clean.status == .success && clean.errors == [], "\(clean.errors.map(\.context))")
            let other = hospital.document(9, bytes: .random(100, seed: 1), mimeType: "text/rtf")
            let warned = try await hospital.submit([other], submission: 2)
            #expect(warned.status == .success)
            #expect(warned.errors.map(\.severity) == [.warning])
            #expect(warned.errors.first?.context.contains("mimeType text/rtf") == true)
            #expect(try await hospital.find().extrinsicObjects.count == documents.count + 1)
        }
    }

    @Test("reject: a code outside is named with attribute, code and coding scheme, and nothing is stored")
    func rejects() async throws {
        let environment = ["XDS_VALUE_SETS_FOLDER": Self.dutch, "XDS_VALUE_SETS_MIME_TYPE": "off"]
        try await GatewayProcess.with(environment: environment) { gateway in
            let gp = Partner(gateway, "gp")
            let document = DemoDocument(
                id: "Document1", title: "Verslag", mimeType: "text/rtf", bytes: .random(100, seed: 1),
                uniqueID: "2.999.7.\(gp.messages.run).1", formatCode: ("eigen", "2.999.9", "Eigen formaat"),
                typeCode: ("371531000", "2.16.840.1.113883.6.96", "Verslag van klinisch consult"))
            let response = try await gp.submit([document])
            #expect(response.status == .failure)
            #expect(response.errors.map(\.code) == [.metadata])
            #expect(response.errors.first?.context.contains("formatCode eigen of coding scheme 2.999.9") == true)
            #expect(response.errors.first?.location == "XDSRegistry/DocumentEntry[Document1]/formatCode")
            #expect(try await gp.find().extrinsicObjects.isEmpty)
        }
    }

    @Test("a broken file stops the start with a message that names file and place")
    func stopsTheStart() async throws {
        let folder = NSTemporaryDirectory() + "xds-codes-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("{\"resourceType\":\"ValueSet\",\"compose\":{\"include\":[{\"concept\":[{}]}]}}".utf8)
            .write(to: URL(fileURLWithPath: folder + "/classCode.json"))
        try await PostgresFixture.withDatabase { conninfo in
            let gateway = try await GatewayProcess(
                conninfo: conninfo, environment: ["XDS_VALUE_SETS_FOLDER": folder])
            let result = try await gateway.command(["serve", "--migrate"])
            #expect(result.status != 0)
            #expect(
                result.errorOutput.contains("\(folder)/classCode.json: compose.include[0].concept[0].code is missing"),
                "\(result.errorOutput)")
            #expect(try await gateway.command(["migrate"]).status == 0, "administration needs no value sets")
            await gateway.remove()
        }
    }
}
