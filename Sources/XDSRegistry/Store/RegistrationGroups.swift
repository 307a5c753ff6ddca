import Synchronization
import XDSMetadata

/// Submissions that come at the same time, gathered into groups that one transaction registers (ADR 0018).
///
/// While a few groups are under way the next gathers, so nothing waits for a timer and a submission that is alone goes at once. Who comes
/// first in a group leads it: its task does the work for all, and the others wait for what it tells them.
final class RegistrationGroups: Sendable {
    /// What became of one member of a group.
    enum Outcome: Sendable {
        /// It is registered, when the transaction is.
        case registered(ValidatedSubmission)
        /// The rules refuse it; the others are not concerned.
        case refused(SubmissionRefusal)
        /// The group failed, perhaps for a reason of another member: nothing was registered, and it is to be tried alone.
        case alone
        /// The group failed for a reason that is nobody's.
        case failed(any Error)

        /// What is to be written.
        var validated: ValidatedSubmission? {
            if case .registered(let validated) = self { validated } else { nil }
        }
    }

    private enum Turn: Sendable {
        /// To lead a group, of which one is the first.
        case lead([Member])
        case told(Outcome)
    }

    /// Resumed once: the first of a group by who forms it, the others by the first.
    private struct Member: RegistrationGroupMember {
        let registration: PendingRegistration
        let continuation: UnsafeContinuation<Turn, Never>

        var uniqueIds: Set<String> { registration.uniqueIds }
    }

    private let machine: Mutex<RegistrationGroupsStateMachine<Member>>

    /// - Parameters:
    ///   - groupsAtOnce: how many are under way at most.
    ///   - membersAtMost: of one group.
    init(groupsAtOnce: Int, membersAtMost: Int = 16) {
        machine = Mutex(
            RegistrationGroupsStateMachine(groupsAtOnce: groupsAtOnce, membersAtMost: membersAtMost))
    }

    /// Registers a submission with those that come at the same time.
    /// - Parameter body: registers a group, and gives the outcome of each member in the same order.
    func register(
        _ registration: PendingRegistration, by body: ([PendingRegistration]) async -> [Outcome]
    ) async -> Outcome {
        let turn = await withUnsafeContinuation { continuation in
            let member = Member(registration: registration, continuation: continuation)
            Self.begin(machine.withLock { $0.arrive(member) })
        }
        switch turn {
        case .told(let outcome):
            return outcome
        case .lead(let group):
            let outcomes = await body(group.map(\.registration))
            Self.begin(machine.withLock { $0.groupEnded() })
            for (member, outcome) in zip(group, outcomes).dropFirst() {
                member.continuation.resume(returning: .told(outcome))
            }
            return outcomes[0]
        }
    }

    private static func begin(_ group: [Member]) {
        group.first?.continuation.resume(returning: .lead(group))
    }
}
