import Synchronization
import XDSMetadata

/// Submissions that come at the same time, gathered into groups that one transaction registers (ADR 0018).
///
/// While a few groups are under way the next gathers, so nothing waits for a timer and a submission that is alone goes at once. Who comes
/// first in a group leads it: its task does the work for all, and the others wait for what it tells them.
public final class RegistrationGroups: Sendable {
    /// What was done so far.
    public struct Figures: Sendable, Equatable {
        /// Groups, those of one submission too.
        public internal(set) var groups = 0
        /// Submissions that their group registered or refused.
        public internal(set) var decided = 0
        /// Submissions that were to be tried alone, because their group met a lock or was refused by the database.
        public internal(set) var alone = 0
        /// Submissions whose group failed, and they with it.
        public internal(set) var failed = 0
    }

    /// What became of one member of a group.
    enum Outcome: Sendable {
        /// Accepted, and registered by the transaction that was committed.
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

    /// What a member is to do.
    private enum Part: Sendable {
        /// To lead this group; the member itself is the first of it.
        case lead([Member])
        /// To take what its group made of it.
        case take(Outcome)
    }

    /// Resumed once: the first of a group by who forms it, the others by the first.
    private struct Member: RegistrationGroupMember {
        let registration: PendingRegistration
        let ownIds: Set<String>
        let continuation: UnsafeContinuation<Part, Never>
    }

    private struct State {
        var machine: RegistrationGroupsStateMachine<Member>
        var figures = Figures()
    }

    private let state: Mutex<State>

    private static let membersAtMost = 16

    /// - Parameter groupsAtOnce: how many groups are under way at most, each with a database connection.
    public init(groupsAtOnce: Int) {
        let machine = RegistrationGroupsStateMachine<Member>(
            groupsAtOnce: groupsAtOnce, membersAtMost: Self.membersAtMost)
        state = Mutex(State(machine: machine))
    }

    /// What was done so far.
    public var figures: Figures { state.withLock { $0.figures } }

    /// How many wait for their group to begin.
    var waiting: Int { state.withLock { $0.machine.waiting.count } }

    /// Registers a submission with those that come at the same time.
    /// - Parameter body: registers a group, and gives the outcome of each member in the same order.
    func register(
        _ registration: PendingRegistration, by body: ([PendingRegistration]) async -> [Outcome]
    ) async -> Outcome {
        // Here, and not under the lock, where they may be asked for more than once.
        let ownIds = registration.needs.ownIds
        let part = await withUnsafeContinuation { continuation in
            let member = Member(registration: registration, ownIds: ownIds, continuation: continuation)
            Self.begin(state.withLock { $0.machine.arrive(member) })
        }
        switch part {
        case .take(let outcome):
            return outcome
        case .lead(let group):
            let outcomes = await body(group.map(\.registration))
            let next = state.withLock { state in
                state.figures.note(outcomes)
                return state.machine.groupEnded()
            }
            Self.begin(next)
            for (member, outcome) in zip(group, outcomes).dropFirst() {
                member.continuation.resume(returning: .take(outcome))
            }
            return outcomes[0]
        }
    }

    private static func begin(_ group: [Member]) {
        group.first?.continuation.resume(returning: .lead(group))
    }
}

extension RegistrationGroups.Figures {
    fileprivate mutating func note(_ outcomes: [RegistrationGroups.Outcome]) {
        groups += 1
        for outcome in outcomes {
            switch outcome {
            case .registered, .refused: decided += 1
            case .alone: alone += 1
            case .failed: failed += 1
            }
        }
    }
}
