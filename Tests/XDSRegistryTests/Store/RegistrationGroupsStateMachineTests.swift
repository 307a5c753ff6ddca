import Testing

@testable import XDSRegistry

@Suite("Registrations that come at the same time: who is in which group")
struct RegistrationGroupsStateMachineTests {
    private struct Member: RegistrationGroupMember, Equatable {
        let number: Int
        let ownIds: Set<String>

        init(_ number: Int, _ ownIds: Set<String>? = nil) {
            self.number = number
            self.ownIds = ownIds ?? ["\(number)"]
        }
    }

    private typealias Machine = RegistrationGroupsStateMachine<Member>

    /// Each arrives; the groups that begin.
    private static func arrive(_ numbers: some Sequence<Int>, at machine: inout Machine) -> [[Int]] {
        numbers.map { machine.arrive(Member($0)).map(\.number) }
    }

    /// As many groups end; those that begin.
    private static func end(_ count: Int, of machine: inout Machine) -> [[Int]] {
        (0..<count).map { _ in machine.groupEnded().map(\.number) }
    }

    @Test("who comes first goes at once; while as many groups as may be are under way, the others gather")
    func gathers() {
        var machine = Machine(groupsAtOnce: 2, membersAtMost: 16)
        let first = Self.arrive(1...5, at: &machine)
        #expect(first == [[1], [2], [], [], []])
        let gathered = Self.end(2, of: &machine)
        #expect(gathered == [[3, 4, 5], []])
        let beside = Self.arrive(6...7, at: &machine)
        #expect(beside == [[6], []], "one of both is still under way")
        let last = Self.end(3, of: &machine)
        #expect(last == [[7], [], []])
        let again = Self.arrive(8...10, at: &machine)
        #expect(again == [[8], [9], []])
    }

    @Test("a group has as many members as it may have, in the order of arrival")
    func bounded() {
        var machine = Machine(groupsAtOnce: 1, membersAtMost: 3)
        _ = Self.arrive(0...7, at: &machine)
        let groups = Self.end(3, of: &machine)
        #expect(groups == [[1, 2, 3], [4, 5, 6], [7]])
    }

    @Test("submissions that bring the same id are not in one group, and the later one keeps its place")
    func ownIds() {
        var machine = Machine(groupsAtOnce: 1, membersAtMost: 3)
        let all = [
            Member(0), Member(1, ["a", "b"]), Member(2, ["b", "c"]), Member(3, ["c"]), Member(4, ["a"]),
            Member(5, ["d"]), Member(6, ["e"]),
        ]
        for member in all { _ = machine.arrive(member) }
        // 2 meets 1; 3 meets nobody of the group, and may pass.
        let groups = Self.end(3, of: &machine)
        #expect(groups == [[1, 3, 5], [2, 4, 6], []])
    }
}
