import Testing

@testable import HL7Kit

@Suite("HL7 v2 acknowledgements")
struct HL7AcknowledgementTests {
    private func lines(_ acknowledgement: HL7Acknowledgement, _ message: String) -> [String] {
        let bytes = acknowledgement.encoded(answering: Array(message.utf8), at: "20261126120001", controlID: "A1")
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r").map(String.init)
    }

    @Test("AA: sender and receiver change places, MSA-2 is MSH-10, the version stays")
    func accept() {
        #expect(
            lines(.accepted(), HL7MessageTests.header + "\r") == [
                #"MSH|^~\&|XDS|Regio|EPD|Ziekenhuis|20261126120001||ACK^A01|A1|P|2.3.1"#, "MSA|AA|4711",
            ])
    }

    @Test("AE, v2.3.1: MSA-3 in words, ERR-1 with segment, sequence, field and code")
    func error() {
        let problem = HL7Problem(.unknownKeyIdentifier, .init("PID", 3), "PID-3 holds no id of ours & more")
        #expect(
            lines(.error(problem), HL7MessageTests.header + "\r").dropFirst() == [
                #"MSA|AE|4711|PID-3 holds no id of ours \T\ more"#,
                "ERR|PID^1^3^204&Unknown key identifier&HL70357",
            ])
    }

    @Test("AR, v2.5: ERR-2 to ERR-8 as that version has them")
    func reject() {
        let problem = HL7Problem(.unsupportedEvent, .init("MSH", 9), "A99 is not taken here")
        let header = HL7MessageTests.header.replacing("|2.3.1", with: "|2.5.1")
        #expect(
            lines(.rejected(problem), header).dropFirst() == [
                "MSA|AR|4711|A99 is not taken here",
                "ERR||MSH^1^9|201^Unsupported event code^HL70357|E||||A99 is not taken here",
            ])
    }

    @Test("delimiters and character set of the message are used in its answer")
    func sameForm() {
        let message = "MSH#*+!?#E\u{EB}##XDS##20261126##ADT*A40#7#P#2.3.1######8859/1\r"
        let bytes = HL7Acknowledgement.accepted().encoded(
            answering: HL7CharacterSet.latin1.encode(message), at: "2026", controlID: "1")
        // Bytes above 0x7F of MSH are not given back: which characters they are is not known before MSH-18 is.
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "MSH#*+!?#XDS##E?##2026##ACK*A40#1#P#2.3.1######8859/1\rMSA#AA#7\r")
    }

    @Test("what has no MSH is answered too, with an empty MSA-2")
    func withoutHeader() {
        let problem = HL7Problem(.segmentSequence, .init("MSH"), "no MSH")
        #expect(
            lines(.rejected(problem), "GET / HTTP/1.1") == [
                #"MSH|^~\&|||||20261126120001||ACK|A1|P|2.3.1"#, "MSA|AR||no MSH",
                "ERR|MSH^1^^100&Segment sequence error&HL70357",
            ])
    }
}
