import Testing

@testable import PostgresKit

@Suite("Transaction, as a list of events")
struct TransactionStateMachineTests {
    private var machine = TransactionStateMachine()

    @Test("BEGIN goes with the first queries only")
    mutating func begin() {
        #expect(machine.send() == .beginAndSend)
        #expect(machine.send() == .send)
        #expect(machine.commit() == .send)
        machine.ended()
        #expect(machine.state == .over)
        #expect(machine.rollback() == .none)
    }

    @Test("Nothing sent, nothing to end")
    mutating func empty() {
        #expect(machine.commit() == .none)
        #expect(machine.rollback() == .none)
        #expect(machine.send() == .refuse)
    }

    @Test("After a failure there is only ROLLBACK, once")
    mutating func failure() {
        _ = machine.send()
        machine.queryFailed()
        #expect(machine.send() == .refuse)
        #expect(machine.sendAndCommit() == .refuse)
        #expect(machine.commit() == .refuse)
        #expect(machine.rollback() == .send)
        #expect(machine.rollback() == .none)
    }

    @Test("Commit with the last queries: nothing may follow, a failure is rolled back")
    mutating func sendAndCommit() {
        #expect(machine.sendAndCommit() == .beginAndSend)
        #expect(machine.send() == .refuse)
        #expect(machine.commit() == .refuse)
        machine.queryFailed()
        #expect(machine.state == .failed)
        #expect(machine.rollback() == .send)
    }
}
