import Foundation
import Logging
import Testing

@testable import Gateway

@Suite("Log lines as JSON")
struct JSONLogLineTests {
    /// What a line may hold: all values are text.
    private typealias Line = [String: String]

    /// The lines that a body logs, read as JSON, and the raw text.
    private func logged(
        level: Logger.Level = .info, _ body: (inout Logger) -> Void
    ) throws -> (lines: [Line], text: String) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("xds-log-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        let output = LogOutput(descriptor: file.fileDescriptor)
        var logger = Logger(label: "xds.test") { LineLogHandler<JSONLogLine>(label: $0, level: level, output: output) }
        body(&logger)
        output.flush()
        try file.close()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = try text.split(separator: "\n").map { line in
            try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        }
        return (lines, text)
    }

    @Test("a line has time, level, message, label and metadata")
    func writesFields() throws {
        let (lines, text) = try logged { logger in
            logger[metadataKey: "request"] = "r-1"
            logger.warning("organisation refused", metadata: ["organisation": "huisarts", "request": "r-2"])
        }
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(text.hasSuffix("}\n"))
        #expect(line["level"] == "warning")
        #expect(line["message"] == "organisation refused")
        #expect(line["label"] == "xds.test")
        #expect(line["organisation"] == "huisarts")
        #expect(line["request"] == "r-2", "what a line says itself wins")
        let time = try #require(line["time"])
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/) != nil, "\(time)")
    }

    @Test("lines below the level are not written")
    func obeysLevel() throws {
        let (lines, _) = try logged(level: .warning) { logger in
            logger.info("no")
            logger.warning("yes")
        }
        #expect(lines.map { $0["message"] } == ["yes"])
    }

    @Test(
        "hostile text stays inside its field and one line",
        arguments: [
            "\"},{\"level\":\"error", "back\\slash\\", "line\nbreak\r\nand\rmore",
            "tab\tand\u{0}null\u{1B}[31mred\u{7F}",
            "ë ü € 漢字 🙂", "\u{2028}\u{2029}\u{85}", "e\u{301}\u{0}",
        ])
    func escapes(_ text: String) throws {
        let (lines, raw) = try logged { logger in
            logger.info("\(text)", metadata: ["value": "\(text)", "\(text)": "key"])
        }
        #expect(lines.count == 1)
        #expect(raw.utf8.count { $0 == 0x0A } == 1)
        #expect(!raw.dropLast().unicodeScalars.contains { $0.value < 0x20 })
        #expect(lines.first?["message"] == text)
        #expect(lines.first?["value"] == text)
        #expect(lines.first?[text] == "key")
    }

    @Test("metadata cannot take the place of the fields of the line")
    func keepsOwnFields() throws {
        let (lines, raw) = try logged { logger in
            logger.info("echt", metadata: ["message": "nep", "level": "error", "time": "ooit", "label": "ander"])
        }
        let line = try #require(lines.first)
        #expect(raw.components(separatedBy: "\"message\":").count == 2)
        #expect(line["message"] == "echt")
        #expect(line["level"] == "info")
        #expect(line["label"] == "xds.test")
        #expect(line["metadata.message"] == "nep")
    }

    @Test("lists and dictionaries of metadata are written as text")
    func writesStructures() throws {
        let (lines, _) = try logged { logger in
            logger.info("x", metadata: ["list": ["a", "b\""], "map": ["k": "v"], "number": .stringConvertible(7)])
        }
        #expect(lines.first?["number"] == "7")
        #expect(lines.first?["list"]?.contains("a") == true)
        #expect(lines.first?["map"]?.contains("k") == true)
    }
}
