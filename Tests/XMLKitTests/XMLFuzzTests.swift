import NIOCore
import Testing
import XMLKit

@Suite struct XMLFuzzTests {
    /// Numbers that are the same in every run.
    private struct FixedGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let mixed = (state ^ state >> 31) &* 0x9E37_79B9_7F4A_7C15
            return mixed ^ mixed >> 29
        }
    }

    private static let seed = Array(
        """
        <?xml version="1.0" encoding="UTF-8"?><s:E xmlns:s="urn:s" xmlns="urn:d"><s:H a="1" s:b='&lt;&#65;&quot;'>text é€😀
        <![CDATA[ <raw> ]]> &amp; <!-- comment --><?pi data?></s:H><B><x:Include xmlns:x="urn:x" href="cid:a%40b"/>QUJD
        </B></s:E>
        """.utf8)

    private static let pieces: [[UInt8]] =
        [
            "<", ">", "&", "'", "\"", "/>", "</", "<!DOCTYPE a [", "<!ENTITY a 'b'>", "]]>", "<![CDATA[", "<!--", "&a;",
            "&#0;", "xmlns=''",
            "\u{0}", "\r", "<?xml version='1.0' encoding='UTF-16'?>", "<?xml encoding='iso-8859-1'?>", ":",
            "xmlns:p=''",
        ].map { Array($0.utf8) } + [
            [0xFF, 0xFE], [0xFE, 0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]

    @Test("mutated documents are read or refused, the same way whole and in pieces", arguments: 0..<40)
    func survivesMutations(seed: Int) {
        var random = FixedGenerator(state: UInt64(seed))
        for _ in 0..<25 {
            var bytes = Self.seed
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&bytes, &random) }
            // Long enough that the parser is fed more than once.
            if Bool.random(using: &random) {
                bytes.insert(contentsOf: [UInt8](repeating: 0x20, count: 20_000), at: bytes.count / 2)
            }
            let whole = Self.outcome([ByteBuffer(bytes: bytes)])
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let halves = Self.outcome([ByteBuffer(bytes: bytes[..<cut]), ByteBuffer(bytes: bytes[cut...])])
            #expect(whole == halves, "seed \(seed), cut \(cut): \(bytes)")
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout FixedGenerator) {
        let position = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: position)
        case 2: bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...20, using: &random)))
        case 3: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 30)], at: position)
        default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 1...40, using: &random)))
        }
    }

    /// The document written again, or nothing when it is refused.
    private static func outcome(_ chunks: [ByteBuffer]) -> ByteBuffer? {
        do {
            var parser = try XMLDocumentParser()
            for chunk in chunks { try parser.parse(chunk) }
            return try parser.finish().root.serialized()
        } catch {
            return nil
        }
    }
}
