import Foundation
import Testing

@testable import XDSMetadata

@Suite("Vocabulary")
struct VocabularyTests {
    @Test("TF-3 4.2.4.1: every code of the table, once")
    func listsCodes() {
        let codes = RegistryErrorCode.all.map(\.rawValue)
        #expect(codes.count == 59)
        #expect(Set(codes).count == codes.count)
    }

    @Test("every XDS URN stands once in the sources of this target")
    func namesOnce() throws {
        let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
            .appending(path: "../../../../Sources/XDSMetadata").standardized
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var counts: [Substring: Int] = [:]
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/"(?:urn:(?:ihe|oasis|uuid:[0-9a-f-]{36})[^"]*)"/#) {
                counts[match.output, default: 0] += 1
            }
        }
        let known = DocumentEntryType.allCases.map(\.rawValue) + StoredQueryID.allCases.map(\.rawValue)
        for urn in known { #expect(counts["\"\(urn)\""] == 1) }
        #expect(counts.filter { $0.value > 1 }.isEmpty)
    }

    @Test("actions of requests and answers")
    func namesActions() {
        #expect(TransactionID.registryStoredQuery.responseAction == "urn:ihe:iti:2007:RegistryStoredQueryResponse")
        #expect(
            TransactionID.provideAndRegisterDocumentSet.responseAction
                == "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse"
        )
    }

    @Test(
        "4.2.3.1.6: extra metadata is a URN outside urn:ihe:",
        arguments: [("urn:e-health:x", true), ("urn:ihe:x", false), ("size", false)])
    func tellsExtraMetadata(_ name: String, _ isExtra: Bool) { #expect(SlotName.isExtraMetadata(name) == isExtra) }
}
