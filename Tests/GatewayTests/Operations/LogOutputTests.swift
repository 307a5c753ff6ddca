import Foundation
import Glibc
import Logging
import Testing

@testable import Gateway

@Suite("Where log lines go", .timeLimit(.minutes(1)))
struct LogOutputTests {
    /// A pipe that a log is written to.
    private final class Collector {
        let output: LogOutput
        private let descriptors: (read: CInt, write: CInt)

        init(capacity: Int = 8 << 20) throws {
            var pair: [CInt] = [0, 0]
            try #require(pipe(&pair) == 0)
            descriptors = (pair[0], pair[1])
            output = LogOutput(descriptor: pair[1], capacity: capacity)
        }

        /// What has come so far; waits when nothing has.
        func read() -> String {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = Glibc.read(descriptors.read, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }

        deinit {
            close(descriptors.read)
            close(descriptors.write)
        }
    }

    @Test("lines come whole and in their order, soon after they were handed in and without a flush")
    func order() throws {
        let collector = try Collector()
        for number in 0..<1_000 { collector.output.write("line \(number)", level: .info) }
        var text = ""
        while text.utf8.count(where: { $0 == 0x0A }) < 1_000 { text += collector.read() }
        #expect(text == (0..<1_000).map { "line \($0)\n" }.joined())
        #expect(collector.output.lost == 0)
    }

    @Test("a collector that takes nothing holds up nobody; what does not fit is lost and counted, the rest comes later")
    func stalled() throws {
        let collector = try Collector(capacity: 1 << 20)
        let line = String(repeating: "x", count: 1_023)
        // Nobody reads: a write that waited would wait for ever.
        for _ in 0..<20_000 { collector.output.write(line, level: .info) }
        collector.output.flush(within: .milliseconds(50))
        let lost = collector.output.lost
        #expect(lost > 10_000)
        var lines = 0
        while lines < 20_000 - lost { lines += collector.read().utf8.count { $0 == 0x0A } }
        collector.output.write("taken again", level: .error)
        #expect(collector.read() == "taken again\n")
        #expect(lines == 20_000 - lost)
    }

    @Test("what cannot be written is counted as lost")
    func fails() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let output = LogOutput(descriptor: descriptor)
        for _ in 0..<3 { output.write("a line", level: .info) }
        output.flush()
        #expect(output.lost == 3)
    }

    @Test("a line for people: time, level, label, metadata by name, message; one line, whatever is in it")
    func text() throws {
        let collector = try Collector()
        var logger = Logger(label: "xds.test") {
            LineLogHandler<TextLogLine>(label: $0, level: .info, output: collector.output)
        }
        logger[metadataKey: "request"] = "r-1"
        logger.warning("refused", metadata: ["organisation": "huisarts", "request": "r-2"])
        logger.debug("not written")
        logger.info("two\nlines\u{1B}[31m", metadata: ["na\rme": "ë\u{2028}"])
        collector.output.flush()
        let lines = collector.read().split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        #expect(
            lines.first?.wholeMatch(
                of:
                    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning xds\.test: organisation=huisarts request=r-2 refused/
            )
                != nil, "\(lines)")
        #expect(
            lines.last?.hasSuffix(#"info xds.test: na\u{d}me=ë\u{2028} request=r-1 two\u{a}lines\u{1b}[31m"#) == true)
    }

    @Test(
        "RFC 3339: times of lines",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (951_827_696, 7, "2000-02-29T12:34:56.007Z"),
            (1_767_225_599, 999, "2025-12-31T23:59:59.999Z"),
        ])
    func times(seconds: Int, milliseconds: Int, expected: String) {
        #expect(LogTime.text(seconds: seconds, milliseconds: milliseconds) == expected)
    }
}
