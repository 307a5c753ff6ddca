import Testing

@testable import PostgresKit

@Suite("Life of a connection, as a list of events")
struct ConnectionStateMachineTests {
    private let start = ContinuousClock.now
    private var machine = ConnectionStateMachine(
        connectTimeout: .seconds(5), backoff: Backoff(minimum: .milliseconds(100), maximum: .seconds(2)))

    private func after(_ duration: Duration) -> ContinuousClock.Instant {
        start.advanced(by: duration)
    }

    @Test("It connects, serves, is lost, waits and connects again")
    mutating func reconnects() {
        #expect(machine.start(now: start) == .open)
        #expect(machine.start(now: start) == .none)
        #expect(machine.nextTick == after(.seconds(5)))
        #expect(machine.connected() == .serve)
        #expect(machine.nextTick == nil)
        #expect(machine.failed(now: start, jitter: 1) == .discard)
        #expect(machine.state == .waiting(failures: 0, until: after(.milliseconds(100))))
        #expect(machine.tick(now: after(.milliseconds(99)), jitter: 1) == .none)
        #expect(machine.tick(now: after(.milliseconds(100)), jitter: 1) == .open)
        #expect(machine.connected() == .serve)
    }

    @Test("Each failure doubles the pause up to its limit, and success starts over")
    mutating func backoff() {
        _ = machine.start(now: start)
        var pauses: [Duration] = []
        for _ in 0..<7 {
            #expect(machine.failed(now: start, jitter: 1) == .discard)
            guard case .waiting(_, let until) = machine.state else {
                Issue.record("not waiting")
                return
            }
            pauses.append(start.duration(to: until))
            #expect(machine.tick(now: until, jitter: 1) == .open)
        }
        #expect(pauses == [200, 400, 800, 1600, 2000, 2000, 2000].map { .milliseconds($0) })
        #expect(machine.connected() == .serve)
        _ = machine.failed(now: start, jitter: 0)
        #expect(machine.state == .waiting(failures: 0, until: after(.milliseconds(50))))
    }

    @Test("An attempt that takes too long has failed")
    mutating func connectTimeout() {
        _ = machine.start(now: start)
        #expect(machine.tick(now: after(.seconds(4)), jitter: 1) == .none)
        #expect(machine.tick(now: after(.seconds(5)), jitter: 1) == .discard)
        #expect(machine.connected() == .none)
    }

    @Test("Draining ends at once without work, and after the last work otherwise")
    mutating func drain() {
        _ = machine.start(now: start)
        _ = machine.connected()
        #expect(machine.workFinished() == .none)
        #expect(machine.drain(hasWork: true) == .none)
        #expect(machine.state == .ready)
        #expect(machine.workFinished() == .close)
        #expect(machine.state == .closed)
        #expect(machine.workFinished() == .none)
        #expect(machine.start(now: start) == .none)
    }

    @Test("A connection that drains while the server is away goes on trying for its work")
    mutating func drainWhileWaiting() {
        _ = machine.start(now: start)
        _ = machine.failed(now: start, jitter: 1)
        #expect(machine.drain(hasWork: true) == .none)
        #expect(machine.tick(now: after(.seconds(1)), jitter: 1) == .open)
        #expect(machine.workFinished() == .close)
    }

    @Test("The time limit ends it whatever is left")
    mutating func limit() {
        _ = machine.start(now: start)
        _ = machine.connected()
        machine.closeBy(after(.seconds(3)))
        machine.closeBy(after(.seconds(9)))
        #expect(machine.nextTick == after(.seconds(3)))
        #expect(machine.tick(now: after(.seconds(2)), jitter: 1) == .none)
        #expect(machine.tick(now: after(.seconds(3)), jitter: 1) == .close)
        #expect(machine.failed(now: start, jitter: 1) == .none)
    }

    @Test("Pauses lie in the upper half of their span")
    func jitter() {
        let backoff = Backoff(minimum: .milliseconds(100), maximum: .seconds(1))
        #expect(backoff.pause(failures: 0, jitter: 0) == .milliseconds(50))
        #expect(backoff.pause(failures: 0, jitter: 1) == .milliseconds(100))
        #expect(backoff.pause(failures: 500, jitter: 1) == .seconds(1))
        #expect(backoff.pause(failures: -1, jitter: 7) == .milliseconds(100))
    }
}
