import NIOCore
import Testing

@testable import SOAPKit

@Suite struct MultipartReaderStateMachineTests {
    struct Part: Equatable {
        var header: PartHeader
        var bytes: [UInt8]

        init(header: PartHeader, content: String) {
            self.header = header
            bytes = Array(content.utf8)
        }

        var content: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Runs the machine over chunks and joins the content of each part.
    static func read(
        _ chunks: [ByteBuffer], boundary: String, limits: SOAPLimits = .standard
    ) throws(MultipartError) -> [Part] {
        var machine = try MultipartReaderStateMachine(boundary: boundary, limits: limits)
        var parts: [Part] = []
        var isOpen = false
        for chunk in chunks {
            machine.receive(chunk)
            while let event = try machine.next() {
                switch event {
                case .partBegan(let header):
                    #expect(!isOpen)
                    isOpen = true
                    parts.append(Part(header: header, content: ""))
                case .data(let bytes):
                    #expect(isOpen && bytes.readableBytes > 0)
                    parts[parts.count - 1].bytes += bytes.readableBytesView
                case .partEnded:
                    #expect(isOpen)
                    isOpen = false
                case .finished:
                    #expect(!isOpen)
                }
            }
        }
        try machine.end()
        return parts
    }

    static func split(_ text: String, at sizes: (Int) -> Int) -> [ByteBuffer] {
        var rest = ByteBuffer(string: text)
        var chunks: [ByteBuffer] = []
        while rest.readableBytes > 0 {
            let size = max(1, min(sizes(rest.readableBytes), rest.readableBytes))
            if let chunk = rest.readSlice(length: size) { chunks.append(chunk) }
        }
        return chunks
    }

    static let message =
        "preamble --b1 is not a boundary\r\n--b1x\r\n--b1 \t\r\nContent-ID: <a>\r\nX-Long: one\r\n\ttwo\r\n\r\nroot\r\n--b\r\n-\r\n--b1y"
        + "\r\n--b1\r\n\r\n\r\n--b1\r\nCONTENT-TYPE:text/plain\r\n\r\n\r\n\r\nline\n--b1\nmore\r\r\n--b1--\r\nepilogue\r\n--b1\r\n"

    static let expected = [
        Part(
            header: PartHeader(fields: [.init("content-id", "<a>"), .init("x-long", "one two")]),
            content: "root\r\n--b\r\n-\r\n--b1y"),
        Part(header: PartHeader(), content: ""),
        Part(header: PartHeader(fields: [.init("content-type", "text/plain")]), content: "\r\n\r\nline\n--b1\nmore\r"),
    ]

    @Test("RFC 2046, 5.1.1: parts, preamble, epilogue, padding, folded headers, an empty part")
    func readsParts() throws {
        #expect(try Self.read([ByteBuffer(string: Self.message)], boundary: "b1") == Self.expected)
    }

    @Test("the parts are the same when the message is cut in two at every byte, and into single bytes")
    func isIndependentOfSplits() throws {
        let length = Self.message.utf8.count
        for cut in 1..<length {
            var taken = 0
            let chunks = Self.split(Self.message) { rest in
                taken += 1
                return taken == 1 ? cut : rest
            }
            #expect(try Self.read(chunks, boundary: "b1") == Self.expected, "cut at \(cut)")
        }
        #expect(try Self.read(Self.split(Self.message) { _ in 1 }, boundary: "b1") == Self.expected)
    }

    @Test(
        "the parts are the same for random cuts of random content that is full of almost-boundaries", arguments: 0..<60)
    func survivesRandomContent(seed: Int) throws {
        var random = FixedGenerator(seed: UInt64(seed))
        let boundary = ["b", "--", "-b-", "=_x'()+_,-./:=?", "a b c"].randomElement(using: &random) ?? "b"
        let pieces = ["\r", "\n", "-", "--", "\r\n", "\r\n-", "\r\n--", "\n--\(boundary)\n", "b", "\u{0}", "é", " "]
        let contents = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            (0..<Int.random(in: 0...60, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        let isClean = contents.allSatisfy { !("\r\n" + $0).utf8String.contains("\r\n--\(boundary)") }
        guard isClean else { return }
        let text = Samples.package(boundary: boundary, contents.map { (["K: v"], $0) })
        let chunks = Self.split(text) { _ in Int.random(in: 1...12, using: &random) }
        #expect(try Self.read(chunks, boundary: boundary).map(\.bytes) == contents.map { Array($0.utf8) })
    }

    @Test("a boundary may directly follow the header lines of an empty part")
    func readsEmptyPart() throws {
        let text = "--b1\r\nA: 1\r\n\r\n--b1\r\nB: 2\r\n\r\nx\r\n--b1--"
        let parts = try Self.read([ByteBuffer(string: text)], boundary: "b1")
        #expect(parts.map(\.content) == ["", "x"])
        #expect(parts.map { $0.header["a"] } == ["1", nil])
    }

    @Test("bare line feeds are read when the package uses them, and only then")
    func readsBareLineFeeds() throws {
        let lf = Samples.package(newline: "\n", [(["A: 1"], "one\ntwo"), (["B: 2"], "\n--b2\n")])
        #expect(try Self.read([ByteBuffer(string: lf)], boundary: "b1").map(\.content) == ["one\ntwo", "\n--b2\n"])
        let crlf = Samples.package([(["A: 1"], "one\n--b1\ntwo\n--b1--")])
        #expect(try Self.read([ByteBuffer(string: crlf)], boundary: "b1").map(\.content) == ["one\n--b1\ntwo\n--b1--"])
    }

    @Test("long runs without line ends pass through in slices, nothing is kept back")
    func passesLongRuns() throws {
        var machine = try MultipartReaderStateMachine(boundary: "b1")
        machine.receive(ByteBuffer(string: "--b1\r\n\r\n"))
        #expect(try machine.next() == .partBegan(PartHeader()))
        for byte in [UInt8(ascii: "x"), UInt8(ascii: "-"), 0x0D, 0x0A] {
            var given = 0
            for _ in 0..<20 {
                machine.receive(ByteBuffer(repeating: byte, count: 100_000))
                while case .data(let bytes) = try machine.next() { given += bytes.readableBytes }
            }
            #expect(given >= 2_000_000 - 2)
        }
    }

    @Test(
        "RFC 2046, 5.1.1: illegal boundaries are refused, the longest legal one is accepted",
        arguments: ["", String(repeating: "b", count: 71), "ends with space ", "tab\t", "é", "line\r\nbreak"])
    func refusesIllegalBoundaries(boundary: String) throws {
        #expect(throws: MultipartError.illegalBoundary) { try MultipartReaderStateMachine(boundary: boundary) }
        let longest = String(repeating: "'()+_,-./:=? b", count: 5)
        let text = Samples.package(boundary: longest, [(["A: 1"], "x")])
        #expect(try Self.read([ByteBuffer(string: text)], boundary: longest).count == 1)
    }

    @Test(
        "a package that is cut off or never begins is refused",
        arguments: [
            ("", MultipartError.noBoundary), ("no boundary here", .noBoundary), ("--b1", .noBoundary),
            ("--b1\r\nA: 1", .notClosed),
            ("--b1\r\nA: 1\r\n\r\n", .notClosed), ("--b1\r\nA: 1\r\n\r\ndata\r\n--b1", .notClosed),
            ("--b1\r\nA: 1\r\n\r\ndata\r\n--b1-", .notClosed), ("--b1\r\nno colon\r\n\r\nx", .malformedHeader(part: 1)),
        ])
    func refusesBrokenPackages(text: String, error: MultipartError) {
        #expect(throws: error) { try Self.read([ByteBuffer(string: text)], boundary: "b1") }
    }

    @Test("limits: parts, header bytes, bytes before and after")
    func enforcesLimits() throws {
        let three = Samples.package([(["A: 1"], "x"), (["A: 1"], "x"), (["A: 1"], "x")])
        var limits = SOAPLimits(parts: 3)
        #expect(try Self.read([ByteBuffer(string: three)], boundary: "b1", limits: limits).count == 3)
        limits.parts = 2
        #expect(throws: MultipartError.tooManyParts(limit: 2)) {
            try Self.read([ByteBuffer(string: three)], boundary: "b1", limits: limits)
        }
        let endless =
            [ByteBuffer(string: "--b1\r\nA: ")] + Array(repeating: ByteBuffer(string: "aaaaaaaaaa"), count: 20)
        #expect(throws: MultipartError.headerTooLarge(part: 1, limit: 100)) {
            try Self.read(endless, boundary: "b1", limits: SOAPLimits(partHeaderBytes: 100))
        }
        let noise = String(repeating: "noise\r\n", count: 100)
        #expect(throws: MultipartError.noBoundary) {
            try Self.read(
                [ByteBuffer(string: noise + three)], boundary: "b1", limits: SOAPLimits(surroundingBytes: 100))
        }
        #expect(throws: MultipartError.trailingBytes) {
            try Self.read(
                [ByteBuffer(string: three + noise)], boundary: "b1", limits: SOAPLimits(surroundingBytes: 100))
        }
    }
}

extension String {
    /// Compares by bytes, not by characters: "\r\n" is one character.
    fileprivate var utf8String: [UInt8] { Array(utf8) }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool {
        let needle = Array(text.utf8)
        guard count >= needle.count else { return false }
        return (0...(count - needle.count)).contains { Array(self[$0..<$0 + needle.count]) == needle }
    }
}
