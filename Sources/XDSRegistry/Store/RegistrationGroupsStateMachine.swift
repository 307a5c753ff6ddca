import NIOCore

/// A submission that waits to be registered with others.
protocol RegistrationGroupMember {
    /// The ids that its objects bring: uniqueIds, and UUIDs that the sender chose.
    var ownIds: Set<String> { get }
}

/// Which submissions are registered together, without tasks or a database.
struct RegistrationGroupsStateMachine<Member: RegistrationGroupMember> {
    private let groupsAtOnce: Int
    private let membersAtMost: Int
    private var underWay = 0
    private(set) var waiting = CircularBuffer<Member>()

    /// Nobody is there.
    init(groupsAtOnce: Int, membersAtMost: Int) {
        self.groupsAtOnce = groupsAtOnce
        self.membersAtMost = membersAtMost
    }

    /// A submission arrived.
    /// - Returns: the group that begins with it; empty if it waits.
    mutating func arrive(_ member: Member) -> [Member] {
        waiting.append(member)
        return underWay < groupsAtOnce ? beginGroup() : []
    }

    /// A group is done.
    /// - Returns: the group that begins in its place; empty if nobody waits.
    mutating func groupEnded() -> [Member] {
        underWay -= 1
        return beginGroup()
    }

    /// Takes who waited longest, up to the size of a group. Two submissions that bring the same id are never in one: the
    /// rules compare a submission with what is registered, which the other one is not yet.
    private mutating func beginGroup() -> [Member] {
        guard !waiting.isEmpty else { return [] }
        underWay += 1
        var group: [Member] = []
        var left = CircularBuffer<Member>()
        var taken: Set<String> = []
        while group.count < membersAtMost, let member = waiting.popFirst() {
            let ids = member.ownIds
            if taken.isDisjoint(with: ids) {
                taken.formUnion(ids)
                group.append(member)
            } else {
                left.append(member)
            }
        }
        left.append(contentsOf: waiting)
        waiting = left
        return group
    }
}
