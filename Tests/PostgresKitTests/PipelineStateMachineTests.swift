import Testing

@testable import PostgresKit

@Suite("Pipeline, as a list of events")
struct PipelineStateMachineTests {
    private typealias Machine = PipelineStateMachine<String>

    @Test("Segments are answered in order, each complete at its sync point")
    func order() {
        var machine = Machine()
        machine.sent("a", steps: [.prepare(1), .execute(1)])
        machine.sent("b", steps: [.execute(1)])
        #expect(machine.count == 2)
        #expect(machine.current == "a")
        #expect(machine.received(.success) == .none)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.received(.success) == .collect)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.receivedSync() == (true, "a"))
        #expect(machine.current == "b")
        #expect(machine.received(.success) == .collect)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.receivedSync() == (true, "b"))
        #expect(machine.isIdle)
    }

    @Test("After an error the rest of the segment is skipped, and the next segment is not")
    func skipToSync() {
        var machine = Machine()
        machine.sent("a", steps: [.execute(1), .execute(2), .execute(3)])
        machine.sent("b", steps: [.execute(1)])
        #expect(machine.received(.success) == .collect)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.received(.failure) == .collectError(statement: 2))
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.received(.aborted) == .none)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.receivedSync() == (true, "a"))
        #expect(machine.received(.success) == .collect)
    }

    @Test("A statement that could not be prepared is forgotten, and so is one that was skipped")
    func failedPreparation() {
        var machine = Machine()
        machine.sent("a", steps: [.prepare(1), .execute(1), .prepare(2), .execute(2)])
        #expect(machine.received(.failure) == .forget(statement: 1, isCause: true))
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.received(.aborted) == .none)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.received(.aborted) == .forget(statement: 2, isCause: false))
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.received(.aborted) == .none)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.receivedSync() == (true, "a"))
    }

    @Test("A commit that fails at the sync point is the error of its segment")
    func failedCommit() {
        var machine = Machine()
        machine.sent("a", steps: [.execute(1)])
        #expect(machine.received(.success) == .collect)
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.received(.failure) == .collectError(statement: nil))
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.receivedSync() == (true, "a"))
    }

    @Test("Housekeeping has no owner")
    func housekeeping() {
        var machine = Machine()
        machine.sent(nil, steps: [.execute(9)])
        machine.sent("a", steps: [.execute(1)])
        #expect(machine.current == nil)
        #expect(machine.received(.failure) == .collectError(statement: 9))
        #expect(machine.receivedSeparator() == .none)
        #expect(machine.receivedSync() == (true, nil))
        #expect(machine.current == "a")
    }

    @Test("When the connection is lost everything unanswered comes back in order")
    func connectionLost() {
        var machine = Machine()
        machine.sent("a", steps: [.execute(1)])
        machine.sent(nil, steps: [.execute(2)])
        machine.sent("b", steps: [.execute(1)])
        #expect(machine.received(.success) == .collect)
        #expect(machine.connectionLost() == ["a", "b"])
        #expect(machine.isIdle)
        #expect(machine.connectionLost() == [])
    }

    @Test("A segment that was sent in part comes back as well")
    func partialSegment() {
        var machine = Machine()
        machine.sent(.prepare(1))
        machine.sentSync("a")
        #expect(machine.connectionLost() == ["a"])
    }

    @Test("Reports that do not fit give the connection up")
    func outOfStep() {
        var idle = Machine()
        #expect(idle.received(.success) == .giveUp)
        #expect(idle.receivedSeparator() == .giveUp)
        #expect(idle.receivedSync().isDue == false)

        var early = Machine()
        early.sent("a", steps: [.execute(1)])
        #expect(early.receivedSync().isDue == false)
        #expect(early.received(.aborted) == .giveUp)

        var twice = Machine()
        twice.sent("a", steps: [.execute(1)])
        #expect(twice.received(.success) == .collect)
        #expect(twice.received(.success) == .giveUp)

        var afterError = Machine()
        afterError.sent("a", steps: [.execute(1), .execute(2)])
        #expect(afterError.received(.failure) == .collectError(statement: 1))
        #expect(afterError.receivedSeparator() == .none)
        #expect(afterError.received(.success) == .giveUp)
    }
}
