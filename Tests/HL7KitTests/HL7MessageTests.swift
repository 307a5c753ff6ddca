import Testing

@testable import HL7Kit

@Suite("HL7 v2 messages")
struct HL7MessageTests {
    static func message(_ lines: String..., end: String = "\r") -> [UInt8] {
        Array(lines.map { $0 + end }.joined().utf8)
    }

    static let header = #"MSH|^~\&|EPD|Ziekenhuis|XDS|Regio|20261126120000||ADT^A01|4711|P|2.3.1"#

    @Test(
        "segments end with a carriage return; a line feed, alone or behind it, is taken for one",
        arguments: ["\r", "\n", "\r\n"])
    func segmentEnds(end: String) throws {
        let message = try HL7Message(parsing: Self.message(Self.header, "EVN|A01", "PID|||1~2", end: end))
        #expect(message.segments.map(\.name) == ["MSH", "EVN", "PID"])
        #expect(message.type == "ADT" && message.event == "A01")
        #expect(message.controlID == "4711")
        #expect(message.version == "2.3.1")
        #expect(message.sendingApplication == "EPD")
        #expect(message.first("PID")?.field(3).repetitions.count == 2)
        #expect(message.all("PV1").isEmpty)
    }

    @Test("fields, repetitions, components and subcomponents are counted from 1; what is absent is empty")
    func places() throws {
        let message = try HL7Message(
            parsing: Self.message(Self.header, #"PID|||17^^^ZIS&2.999.5&ISO^PI~18^^^GP&&|""|Jansen"#))
        let ids = try #require(message.first("PID")?.field(3).repetitions)
        #expect(ids[0].component(1) == "17" && ids[0].component(5) == "PI")
        #expect((1...4).map { ids[0].subcomponent(4, $0) } == ["ZIS", "2.999.5", "ISO", ""])
        #expect(ids[1].subcomponent(4, 1) == "GP" && ids[1].subcomponent(4, 2).isEmpty)
        #expect(ids[0].component(6).isEmpty)
        #expect(message.first("PID")?.field(4).isEmpty == true, "the null value reads as empty")
        #expect(message.first("PID")?.field(99).repetitions.isEmpty == true)
    }

    @Test("MSH-1 and MSH-2: the delimiters are those the message names")
    func otherDelimiters() throws {
        let message = try HL7Message(
            parsing: Self.message(
                "MSH#*+!?#EPD*2.999.1*ISO##XDS##20261126##ADT*A40#7#P#2.5", "PID###1***?2.999.1?ISO+2!S!3"))
        #expect(message.event == "A40" && message.sendingApplication == "EPD")
        let ids = try #require(message.first("PID")?.field(3).repetitions)
        #expect(ids[0].subcomponent(4, 2) == "2.999.1")
        #expect(ids[1].component(1) == "2*3")
    }

    @Test(
        "escape sequences: delimiters and printable hexadecimal are replaced, layout and lone escapes stay",
        arguments: [
            (#"a\F\b\S\c\T\d\R\e\E\f"#, #"a|b^c&d~e\f"#), (#"\X41\\X4243\"#, "ABC"), (#"a\.br\b"#, #"a\.br\b"#),
            (#"\H\x\N\"#, #"\H\x\N\"#), (#"a\b"#, #"a\b"#), (#"a\b\T\c"#, #"a\b&c"#), (#"\X0D\"#, #"\X0D\"#),
            (#"\"#, #"\"#), ("", ""),
        ])
    func escapes(written: String, meant: String) {
        #expect(HL7Escape.decode(written, .standard) == meant)
    }

    @Test(
        "what is written with escapes reads the same again, and holds no delimiter",
        arguments: ["a|b^c&d~e\\f", "", "1"])
    func escapesBack(text: String) {
        let written = HL7Escape.encode(text, .standard)
        #expect(HL7Escape.decode(written, .standard) == text)
        #expect(!written.contains { "|^&~".contains($0) })
    }

    @Test("a text that ends a segment is written as spaces")
    func noSegmentEnds() {
        #expect(HL7Escape.encode("a\rb\nc", .standard) == "a b c")
    }

    @Test(
        "MSH-18: ASCII, 8859/1, 8859/15, UNICODE UTF-8 and none",
        arguments: [
            ("8859/1", [0x4A, 0xEB], "J\u{EB}"), ("8859/15", [0xA4, 0xEB], "\u{20AC}\u{EB}"),
            ("UNICODE UTF-8", [0xC3, 0xAB], "\u{EB}"), ("", [0xC3, 0xAB], "\u{EB}"), ("", [0x4A, 0xEB], "J\u{EB}"),
            ("ASCII", [0x4A, 0x61], "Ja"),
        ] as [(String, [UInt8], String)])
    func characterSets(name: String, bytes: [UInt8], text: String) throws {
        let head = Array((Self.header + "||||||" + name + "\rPID|||1||").utf8)
        let message = try HL7Message(parsing: head + bytes + [0x0D])
        #expect(message.first("PID")?.field(5).text == text)
    }

    @Test(
        "MSH-18: an unsupported set, and bytes that are not of the stated one, are refused by name",
        arguments: [
            ("UNICODE UTF-16", [], .tableValueNotFound), ("ISO IR87", [], .tableValueNotFound),
            ("8859/1~ISO IR87", [], .tableValueNotFound), ("ASCII", [0xEB], .dataType),
            ("UNICODE UTF-8", [0xEB], .dataType),
        ] as [(String, [UInt8], HL7Problem.Code)])
    func refusedCharacterSets(name: String, bytes: [UInt8], code: HL7Problem.Code) throws {
        let head = Array((Self.header + "||||||" + name + "\rPID|||1||").utf8)
        let problem = #expect(throws: HL7Problem.self) { try HL7Message(parsing: head + bytes + [0x0D]) }
        #expect(problem?.code == code)
        #expect(problem?.location == .init("MSH", 18))
    }

    @Test("a byte order mark before the message is no part of it")
    func byteOrderMark() throws {
        #expect(try HL7Message(parsing: [0xEF, 0xBB, 0xBF] + Self.message(Self.header)).controlID == "4711")
    }

    @Test(
        "what is no message is refused",
        arguments: [
            "", "\r", "PID|||1\r", "MSH", "MSH|", "MSH|^", "MSH|^^~\\&|a\r", "MSH|AB~\\&|a\r", "MSHX^~\\&|a", "{}",
        ])
    func garbage(text: String) {
        let problem = #expect(throws: HL7Problem.self) { try HL7Message(parsing: Array(text.utf8)) }
        #expect(problem?.code == .segmentSequence)
    }

    @Test("any bytes at all give a message or a problem")
    func anyBytes() {
        var generator = SystemRandomNumberGenerator()
        let alphabet: [UInt8] = Array("MSHPID|^~\\&\r\n12.X".utf8) + [0, 0x80, 0xEB, 0xFF]
        for _ in 0..<2_000 {
            let tail = (0..<Int.random(in: 0...40)).compactMap { _ in alphabet.randomElement(using: &generator) }
            let bytes = (Bool.random() ? Array("MSH|^~\\&|".utf8) : []) + tail
            let message = try? HL7Message(parsing: bytes)
            for segment in message?.segments ?? [] {
                for place in 1...5 { _ = segment.field(place).repetitions.map { $0.subcomponent(2, 2) } }
            }
            let answer = HL7Acknowledgement.error(HL7Problem(.dataType, nil, "x"))
                .encoded(answering: bytes, at: "20261126", controlID: "1")
            #expect(answer.starts(with: Array("MSH".utf8)))
        }
    }
}
