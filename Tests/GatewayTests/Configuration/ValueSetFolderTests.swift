import Foundation
import Testing
import XDSMetadata

@testable import Gateway

@Suite("Value sets in a folder")
struct ValueSetFolderTests {
    private static func file(_ code: String) -> String {
        """
        {"resourceType":"ValueSet","title":"Set","compose":{"include":[{"system":"urn:oid:2.999.1","concept":[{"code":"\(code)"}]}]}}
        """
    }

    /// What the files of a folder bind, or the problems.
    private func bindings(
        _ files: [String: String], _ keys: String = "mode: reject"
    ) async throws -> (bindings: ValueSetBindings?, problems: [String]) {
        try await ConfigurationFolder.with { folder async throws in
            let path = folder.path + "/codes"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for (name, content) in files { try Data(content.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
            let configuration = try await folder.read(
                ConfigurationFolder.minimum + "\nvalueSets:\n  folder: codes\n  \(keys)\n")
            do {
                return (try configuration.valueSets.bindings(), [])
            } catch let error as ConfigurationError {
                return (nil, error.problems.map { $0.replacing(path, with: "CODES") })
            }
        }
    }

    @Test("a file binds the attribute it is named after, with the common mode or one of its own")
    func binds() async throws {
        let files = [
            "classCode.json": Self.file("A"), "typeCode.json": Self.file("B"), "mimeType.json": "broken",
            "README.md": "",
        ]
        let (bindings, problems) = try await bindings(files, "mode: warn\n  typeCode: reject\n  mimeType: off")
        #expect(problems == [])
        let bound = try #require(bindings)
        #expect(bound.attributes == [.classCode, .typeCode])
        #expect(bound[.classCode]?.mode == .warn && bound[.typeCode]?.mode == .reject)
        #expect(bound[.typeCode]?.valueSet.contains("B", codingScheme: "2.999.1") == true)
    }

    @Test("without a folder nothing is bound; the default mode is reject")
    func defaults() async throws {
        try await ConfigurationFolder.with { folder async throws in
            let configuration = try await folder.read(ConfigurationFolder.minimum)
            #expect(try configuration.valueSets.bindings().attributes.isEmpty)
        }
        #expect(try await bindings(["codeList.json": Self.file("A")], "").bindings?[.codeList]?.mode == .reject)
    }

    @Test("every problem is told at once, with file and place")
    func tellsProblems() async throws {
        let files = [
            "classCode.json":
                "{\"resourceType\":\"ValueSet\",\"compose\":{\"include\":[{\"system\":\"urn:oid:2.999.1\",\"concept\":[{}]}]}}",
            "typecode.json": Self.file("A"), "zorgsoort.json": Self.file("A"),
        ]
        let (_, problems) = try await bindings(files, "mode: warn\n  formatCode: reject")
        #expect(problems.count == 4, "\(problems)")
        for part in [
            "CODES/classCode.json: compose.include[0].concept[0].code is missing",
            "CODES/typecode.json: is named after no attribute; did you mean typeCode.json?",
            "CODES/zorgsoort.json: is named after no attribute; the attributes are classCode, ",
            "valueSets.formatCode: reject needs a value set, but there is no CODES/formatCode.json",
        ] { #expect(problems.contains { $0.hasPrefix(part) }, "\(part) is not in \(problems)") }
    }

    @Test("a folder without files, a missing folder and an unknown mode are named")
    func tellsEmptyFolder() async throws {
        #expect(try await bindings([:]).problems == ["valueSets.folder: CODES holds no .json file"])
        try await ConfigurationFolder.with { folder async throws in
            let problems = try await folder.problems(
                ConfigurationFolder.minimum + "\nvalueSets:\n  folder: nowhere\n  mode: strict\n  classCod: warn\n")
            #expect(problems.contains { $0.contains("valueSets.folder") && $0.contains("is not a folder") })
            #expect(problems.contains { $0.contains("valueSets.mode: must be one of reject, warn, off") })
            #expect(problems.contains { $0.contains("did you mean valueSets.classCode?") })
            let alone = try await folder.read(ConfigurationFolder.minimum + "\nvalueSets:\n  classCode: warn\n")
            #expect(throws: ConfigurationError.self) { try alone.valueSets.bindings() }
            let variable = try await folder.problems(
                ConfigurationFolder.minimum, environment: ["XDS_VALUE_SETS_FOLDERS": "x"])
            #expect(variable.contains { $0.contains("did you mean XDS_VALUE_SETS_FOLDER?") }, "\(variable)")
        }
    }
}
