import Foundation
import Schemas
import Testing
import XDSMetadata

@Suite("Files the daemon carries inside itself")
struct SchemasTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("schemas")

    /// Names and bytes of the files in a folder of `schemas/`, in order of their names.
    private static func files(in folder: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = root.appendingPathComponent(folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }

    private static func compare(_ listed: [Schemas.File], with folder: String) throws {
        let files = try files(in: folder)
        #expect(listed.map(\.name) == files.map(\.name))
        for (file, onDisk) in zip(listed, files) { #expect(file.bytes == onDisk.bytes, "\(file.name)") }
    }

    @Test("the migrations are those of schemas/sql, in order, each with a number of its own")
    func listsMigrations() throws {
        try Self.compare(Schemas.migrations, with: "sql")
        let numbers = Schemas.migrations.compactMap { Int($0.name.prefix(4)) }
        #expect(numbers.count == Schemas.migrations.count)
        #expect(numbers == Set(numbers).sorted())
    }

    @Test("the schemas are those of schemas/xsd")
    func listsSchemas() throws {
        try Self.compare(Schemas.xsd, with: "xsd")
    }

    @Test("the service descriptions are those of schemas/wsdl, and have a place for the address")
    func listsDescriptions() throws {
        let descriptions = [Schemas.patientFeedWSDL, Schemas.registryWSDL, Schemas.repositoryWSDL]
        try Self.compare(descriptions, with: "wsdl")
        for description in descriptions { #expect(description.text.contains("@ADDRESS@")) }
    }

    @Test(
        "a service description names the actions of each transaction",
        arguments: [
            (Schemas.registryWSDL.text, TransactionID.registerDocumentSet),
            (Schemas.registryWSDL.text, .registryStoredQuery),
            (Schemas.registryWSDL.text, .multiPatientStoredQuery), (Schemas.registryWSDL.text, .updateDocumentSet),
            (Schemas.registryWSDL.text, .registerOnDemandDocumentEntry), (Schemas.registryWSDL.text, .removeMetadata),
            (Schemas.registryWSDL.text, .restrictedUpdateDocumentSet),
            (Schemas.repositoryWSDL.text, .provideAndRegisterDocumentSet),
            (Schemas.repositoryWSDL.text, .retrieveDocumentSet), (Schemas.repositoryWSDL.text, .removeDocuments),
        ])
    func namesActions(_ description: String, _ transaction: TransactionID) {
        #expect(description.contains("wsaw:Action=\"\(transaction.requestAction)\""))
        #expect(description.contains("wsaw:Action=\"\(transaction.responseAction)\""))
        #expect(description.contains("soapAction=\"\(transaction.requestAction)\""))
    }
}
