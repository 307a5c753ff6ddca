import Testing

@testable import HL7Kit

@Suite("MLLP frames")
struct MLLPFrameTests {
    private static let one = MLLPFrameStateMachine.frame(Array("MSH|1".utf8))
    private static let two = MLLPFrameStateMachine.frame(Array("MSH|2".utf8))

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("messages are found however they are split or joined on the wire")
    func splitAndJoined() {
        let stream = Self.one + Self.two + Self.one
        let expected = ["MSH|1", "MSH|2", "MSH|1"].map { MLLPFrameStateMachine.Event.message(bytes($0)) }
        for size in 1...stream.count {
            var machine = MLLPFrameStateMachine(limit: 100)
            var events: [MLLPFrameStateMachine.Event] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                events += machine.receive(stream[start..<min(start + size, stream.count)])
            }
            #expect(events == expected, "in pieces of \(size)")
            #expect(!machine.isInsideMessage)
        }
    }

    @Test("a message is complete with 0x1C; its 0x0D may be missing")
    func withoutLastByte() {
        var machine = MLLPFrameStateMachine(limit: 100)
        #expect(machine.receive(Self.one.dropLast()) == [.message(bytes("MSH|1"))])
        #expect(machine.receive(Self.two) == [.message(bytes("MSH|2"))])
    }

    @Test("white space and a few bytes outside of a message are passed over")
    func stray() {
        var machine = MLLPFrameStateMachine(limit: 100, strayLimit: 4)
        #expect(machine.receive(bytes("\r\n abcd") + Self.one + bytes("\r\nabcd") + Self.two).count == 2)
    }

    @Test("many bytes outside of a message: this is no MLLP, and nothing is read any more")
    func foreign() {
        var machine = MLLPFrameStateMachine(limit: 100, strayLimit: 4)
        #expect(machine.receive(bytes("GET / HTTP/1.1\r\n")) == [.foreign])
        #expect(machine.receive(Self.one).isEmpty)
    }

    @Test("a message over the limit is told once, passed over in no memory, and the next one is read")
    func oversized() {
        var machine = MLLPFrameStateMachine(limit: 8)
        #expect(machine.receive(Self.one) == [.message(bytes("MSH|1"))])
        #expect(machine.receive([0x0B] + bytes("MSH|12345")) == [.oversized(bytes("MSH|12345"))])
        for _ in 0..<1_000 { #expect(machine.receive(bytes("more and more")).isEmpty) }
        #expect(machine.isInsideMessage)
        #expect(machine.receive(MLLPFrameStateMachine.end + Self.two) == [.message(bytes("MSH|2"))])
    }

    @Test("of an oversized message only the beginning is shown")
    func oversizedHead() {
        var machine = MLLPFrameStateMachine(limit: 10_000)
        let events = machine.receive([0x0B] + [UInt8](repeating: 0x41, count: 10_001))
        #expect(events == [.oversized([UInt8](repeating: 0x41, count: MLLPFrameStateMachine.headBytes))])
    }

    @Test("a message that begins inside another one: the first is broken, the second is read")
    func broken() {
        var machine = MLLPFrameStateMachine(limit: 100)
        #expect(
            machine.receive([0x0B] + bytes("MSH|0") + Self.one) == [.broken(bytes("MSH|0")), .message(bytes("MSH|1"))])
    }

    @Test("an empty message is one too")
    func empty() {
        var machine = MLLPFrameStateMachine(limit: 100)
        #expect(machine.receive(MLLPFrameStateMachine.frame([])) == [.message([])])
    }

    @Test("a message that does not come to its end is given up, and the next one is read")
    func abandoned() {
        var machine = MLLPFrameStateMachine(limit: 100)
        #expect(machine.abandon() == nil)
        #expect(machine.receive([0x0B] + bytes("MSH|0")).isEmpty)
        #expect(machine.abandon() == .broken(bytes("MSH|0")))
        #expect(!machine.isInsideMessage)
        #expect(machine.receive(Self.one) == [.message(bytes("MSH|1"))])
    }
}
