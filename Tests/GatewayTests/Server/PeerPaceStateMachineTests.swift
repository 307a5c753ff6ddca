import NIOCore
import Testing

@testable import Gateway

@Suite("Pace of a peer, as events and times")
struct PeerPaceStateMachineTests {
    private let configuration = PeerPaceConfiguration(
        headTimeout: .seconds(10), idleTimeout: .seconds(60), bodyGrace: .seconds(20), bodyBytesPerSecond: 1_000,
        writeTimeout: .seconds(30))

    private func machine() -> PeerPaceStateMachine {
        var machine = PeerPaceStateMachine(configuration: configuration)
        machine.started(now: second(0))
        machine.readRequested(now: second(0))
        return machine
    }

    private func second(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .seconds(seconds) }

    @Test("nothing is timed before the handshake is complete")
    func beforeStart() {
        var machine = PeerPaceStateMachine(configuration: configuration)
        machine.readRequested(now: second(0))
        #expect(machine.deadline == nil)
        #expect(machine.timerFired(now: second(1_000), pendingBytes: 0) == .none)
    }

    @Test("a connection on which nothing is ever sent is closed without a word")
    func silentConnection() {
        var machine = machine()
        #expect(machine.deadline == second(10))
        #expect(machine.timerFired(now: second(9), pendingBytes: 0) == .none)
        #expect(machine.timerFired(now: second(10), pendingBytes: 0) == .closeIdle)
        #expect(machine.isClosing)
        #expect(machine.deadline == nil)
    }

    @Test("the time for a head starts with its first byte, and more bytes do not extend it")
    func slowHead() {
        var machine = machine()
        for second in 4...13 { machine.bytesArrived(now: self.second(Int64(second))) }
        #expect(machine.deadline == second(14))
        #expect(machine.timerFired(now: second(14), pendingBytes: 0) == .answerAndClose(.slowHead))
    }

    @Test("a request that comes and goes leaves only the idle time")
    func quickRequest() {
        var machine = machine()
        machine.bytesArrived(now: second(1))
        machine.headArrived(now: second(1))
        machine.bodyArrived(bytes: 100, now: second(1))
        machine.requestEnded(now: second(1))
        machine.readCompleted(now: second(1))
        machine.readRequested(now: second(1))
        #expect(machine.deadline == nil)
        machine.answerBegan()
        machine.answerEnded(now: second(500))
        #expect(machine.deadline == second(560))
        #expect(machine.timerFired(now: second(560), pendingBytes: 0) == .closeIdle)
    }

    @Test("a byte behind the last request, which nobody asks for, leaves the idle time too", arguments: [false, true])
    func byteBehind(afterTheAnswer: Bool) {
        var machine = machine()
        machine.bytesArrived(now: second(1))
        machine.headArrived(now: second(1))
        machine.requestEnded(now: second(1))
        machine.readCompleted(now: second(1))
        if !afterTheAnswer { machine.bytesArrived(now: second(2)) }
        machine.answerBegan()
        machine.answerEnded(now: second(3))
        if afterTheAnswer { machine.bytesArrived(now: second(3)) }
        #expect(machine.deadline == second(63))
        #expect(machine.timerFired(now: second(62), pendingBytes: 0) == .none)
        #expect(machine.timerFired(now: second(63), pendingBytes: 0) == .closeIdle)
    }

    @Test("a peer that waits for our answer is not idle, however long we take")
    func slowAnswer() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.requestEnded(now: second(0))
        #expect(machine.deadline == nil)
        #expect(machine.timerFired(now: second(10_000), pendingBytes: 0) == .none)
    }

    @Test("a body that stalls longer than the grace is answered 408")
    func stalledBody() {
        var machine = machine()
        machine.bytesArrived(now: second(1))
        machine.headArrived(now: second(1))
        #expect(machine.deadline == second(21))
        #expect(machine.timerFired(now: second(21), pendingBytes: 0) == .answerAndClose(.slowBody))
    }

    @Test("a byte a second is a violation although bytes keep coming")
    func byteASecond() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        var closedAt: Int64?
        for now in Int64(1)...60 where closedAt == nil {
            machine.bodyArrived(bytes: 1, now: second(now))
            if machine.timerFired(now: second(now), pendingBytes: 0) == .answerAndClose(.slowBody) { closedAt = now }
        }
        #expect(closedAt == 21)
    }

    @Test("a body at the pace goes on for ever, and a fast start buys no more than the grace")
    func steadyBody() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.bodyArrived(bytes: 1_000_000_000, now: second(1))
        #expect(machine.deadline == second(21))
        for now in Int64(2)...200 {
            machine.bodyArrived(bytes: 1_000, now: second(now))
            #expect(machine.timerFired(now: second(now), pendingBytes: 0) == .none)
        }
        #expect(machine.deadline == second(220))
        machine.bodyArrived(bytes: .max, now: second(201))
        #expect(machine.deadline == second(221))
    }

    @Test("time in which we take no bytes is not held against the peer")
    func backPressure() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.bodyArrived(bytes: 10, now: second(5))
        machine.readCompleted(now: second(5))
        #expect(machine.deadline == nil)
        #expect(machine.timerFired(now: second(1_000), pendingBytes: 0) == .none)
        machine.readRequested(now: second(1_000))
        // 5 seconds of the grace are spent, less what 10 bytes are worth.
        #expect(machine.deadline == second(1_015) + .milliseconds(10))
        #expect(machine.timerFired(now: second(1_016), pendingBytes: 0) == .answerAndClose(.slowBody))
    }

    @Test("once an answer has begun a slow body is closed without a second one")
    func slowBodyAfterAnswer() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.answerBegan()
        #expect(machine.timerFired(now: second(20), pendingBytes: 0) == .close(.slowBody))
    }

    @Test("a slow head behind an unanswered request gets no 408, which would be taken for the earlier answer")
    func pipelinedHead() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.requestEnded(now: second(0))
        machine.bytesArrived(now: second(1))
        #expect(machine.timerFired(now: second(11), pendingBytes: 0) == .close(.slowHead))
    }

    @Test("an unread answer: progress gains time, standing still ends it")
    func notReading() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.requestEnded(now: second(0))
        machine.answerBegan()
        machine.writabilityChanged(isWritable: false, pendingBytes: 100_000, now: second(1))
        #expect(machine.deadline == second(31))
        #expect(machine.timerFired(now: second(31), pendingBytes: 90_000) == .none)
        #expect(machine.deadline == second(61))
        #expect(machine.timerFired(now: second(61), pendingBytes: 90_000) == .close(.notReading))
    }

    @Test("a channel that takes again ends the watch")
    func writableAgain() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.requestEnded(now: second(0))
        machine.writabilityChanged(isWritable: false, pendingBytes: 100_000, now: second(1))
        machine.writabilityChanged(isWritable: true, pendingBytes: 10, now: second(2))
        #expect(machine.deadline == nil)
    }

    @Test("the tail of an answer that nobody fetches is not idleness, but must move")
    func pendingTail() {
        var machine = machine()
        machine.bytesArrived(now: second(0))
        machine.headArrived(now: second(0))
        machine.requestEnded(now: second(0))
        machine.answerEnded(now: second(0))
        #expect(machine.timerFired(now: second(60), pendingBytes: 5_000) == .none)
        #expect(machine.deadline == second(90))
        #expect(machine.timerFired(now: second(90), pendingBytes: 5_000) == .close(.notReading))
    }
}
