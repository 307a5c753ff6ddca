import Testing

@testable import PostgresKit

@Suite("Leases, as a list of events")
struct PoolStateMachineTests {
    private var machine = PoolStateMachine(size: 2, waitersLimit: 2)

    @Test("Connections are opened when needed and used again before another is opened")
    mutating func reuse() {
        #expect(machine.lease(1) == .grant(0))
        #expect(machine.giveBack(0) == .none)
        #expect(machine.lease(2) == .grant(0))
        #expect(machine.lease(3) == .grant(1))
        #expect(machine.count(.leased) == 2)
    }

    @Test("Who waited longest is next; a full queue refuses")
    mutating func queue() {
        _ = machine.lease(1)
        _ = machine.lease(2)
        #expect(machine.lease(3) == .wait)
        #expect(machine.lease(4) == .wait)
        #expect(machine.lease(5) == .refuse)
        #expect(machine.giveBack(1) == .grant(1, to: 3))
        #expect(machine.giveBack(0) == .grant(0, to: 4))
        #expect(machine.giveBack(0) == .none)
        #expect(machine.giveBack(0) == .none)
    }

    @Test("Who leaves the queue is passed over, unless it was granted a connection before")
    mutating func abandon() {
        _ = machine.lease(1)
        _ = machine.lease(2)
        _ = machine.lease(3)
        _ = machine.lease(4)
        let first = machine.abandon(3)
        let again = machine.abandon(3)
        #expect(first && !again)
        #expect(machine.giveBack(0) == .grant(0, to: 4))
        let afterGrant = machine.abandon(4)
        #expect(!afterGrant)
    }

    @Test("A connection that is trying to connect again is the last choice")
    mutating func availability() {
        _ = machine.lease(1)
        _ = machine.giveBack(0)
        machine.availabilityChanged(0, isReady: false)
        #expect(machine.lease(2) == .grant(1))
        #expect(machine.lease(3) == .grant(0))
        _ = machine.giveBack(1)
        _ = machine.giveBack(0)
        machine.availabilityChanged(0, isReady: true)
        #expect(machine.lease(4) == .grant(0))
    }

    @Test("Shutdown ends what is free, grants what was promised, and ends the rest as it comes back")
    mutating func shutDown() {
        _ = machine.lease(1)
        _ = machine.lease(2)
        #expect(machine.lease(3) == .wait)
        #expect(machine.shutDown() == [])
        #expect(machine.lease(4) == .refuseForShutDown)
        #expect(machine.giveBack(0) == .grant(0, to: 3))
        #expect(machine.giveBack(1) == .close(1))
        #expect(machine.giveBack(0) == .close(0))
        #expect(machine.count(.closed) == 2)
    }

    @Test("Shutdown ends connections that were never opened too")
    mutating func shutDownIdle() {
        _ = machine.lease(1)
        _ = machine.giveBack(0)
        #expect(machine.shutDown() == [0, 1])
        #expect(machine.shutDown() == [])
    }
}
