import NIOCore
import Synchronization
import XDSMetadata

/// Answers to stored queries, kept as long as there is room, to be given again while they are true (ADR 0016).
///
/// An answer is kept with the versions of the patients it rests on, read before it was found. Whether they are the versions
/// still is not known here: who gives an answer again has to find out, in the step that records it.
public final class KnownAnswers: Sendable {
    /// Everything an answer depends on besides what the registry holds.
    struct Question: Hashable {
        let query: StoredQuery
        let returnType: AdhocQueryRequest.ReturnType
        let access: AccessScope
    }

    /// An answer, right if the versions are those of the registry.
    struct Answer {
        let result: StoredQueryResult
        let versions: [PatientVersion]
    }

    /// Figures for metrics.
    public struct Figures: Sendable {
        /// Answers that were found here.
        public var found: Int64 = 0
        /// Questions that no answer was found for.
        public var missed: Int64 = 0
        /// Answers found of which it turned out that they were not right any more.
        public var outdated: Int64 = 0
        /// Answers kept.
        public var answers = 0
        /// Bytes they take, about.
        public var bytes = 0
    }

    private struct Slot {
        let question: Question
        let answer: Answer
        let size: Int
        /// Whether it was asked for since the hand came by. What is new stands where the hand has just been, and has a whole round
        /// to be asked for.
        var isWanted = false
    }

    /// The answers stand in a circle; where there is no room, a hand goes round and takes those nobody asked for since it came
    /// by last.
    private struct State {
        var places: [Question: Int] = [:]
        var slots: [Slot?] = []
        var free: [Int] = []
        var hand = 0
        var figures = Figures()

        mutating func put(_ slot: Slot) {
            let place: Int
            if let last = free.popLast() {
                place = last
                slots[place] = slot
            } else {
                place = slots.count
                slots.append(slot)
            }
            places[slot.question] = place
            figures.answers += 1
            figures.bytes += slot.size
        }

        mutating func remove(at place: Int) -> Slot? {
            guard let slot = slots[place] else { return nil }
            slots[place] = nil
            free.append(place)
            places[slot.question] = nil
            figures.answers -= 1
            figures.bytes -= slot.size
            return slot
        }

        /// Takes out the next one nobody wants.
        mutating func evict() -> Slot? {
            while figures.answers > 0 {
                hand = hand + 1 < slots.count ? hand + 1 : 0
                guard let isWanted = slots[hand]?.isWanted else { continue }
                guard isWanted else { return remove(at: hand) }
                slots[hand]?.isWanted = false
            }
            return nil
        }
    }

    /// What an answer takes beside its bytes: the question, and its places here.
    private static let overhead = 2_048
    /// One answer has no more than this part of the room.
    private static let largestPart = 16

    private let capacity: Int
    private let state = Mutex(State())

    /// Room for answers.
    /// - Parameter capacity: bytes, about.
    public init(capacity: Int) {
        self.capacity = capacity
    }

    /// Figures since the start.
    public var figures: Figures { state.withLock { $0.figures } }

    /// The answer to a question, if one is kept.
    func answer(to question: Question) -> Answer? {
        state.withLock { state in
            guard let place = state.places[question], let answer = state.slots[place]?.answer else {
                state.figures.missed += 1
                return nil
            }
            state.slots[place]?.isWanted = true
            state.figures.found += 1
            return answer
        }
    }

    /// Keeps an answer in the place of an older one.
    func keep(_ answer: Answer, to question: Question) {
        let size = answer.result.content.reduce(Self.overhead) { $0 + $1.storageCapacity }
        guard size <= capacity / Self.largestPart else { return }
        // Freed after the lock was given back.
        var gone: [Slot?] = []
        state.withLock { state in
            if let place = state.places[question] { gone.append(state.remove(at: place)) }
            while state.figures.bytes + size > capacity, let slot = state.evict() { gone.append(slot) }
            state.put(Slot(question: question, answer: answer, size: size))
        }
    }

    /// An answer that was found here turned out not to be right any more.
    func forget(_ question: Question) {
        let gone = state.withLock { state -> Slot? in
            state.figures.outdated += 1
            return state.places[question].flatMap { state.remove(at: $0) }
        }
        _ = gone
    }
}
