import Crypto
import NIOCore
import Synchronization
import XDSMetadata

/// Answers to stored queries, kept as long as there is room, to be given again while they are true (ADR 0016).
///
/// An answer is kept with the versions of the patients it rests on, read together with it. Whether they are the versions
/// still is not known here: who gives an answer again has to find out, in the step that records it.
public final class KnownAnswers: Sendable {
    /// Everything an answer depends on besides what the registry holds, as SHA-256 of its bytes.
    ///
    /// Bytes and not values: to Swift two texts are equal that PostgreSQL tells apart (accents written in one character or in
    /// two), and a question may be as long as a message may be.
    struct Question: Hashable {
        private let digest: (UInt64, UInt64, UInt64, UInt64)

        /// - Parameters:
        ///   - request: the AdhocQueryRequest element, with the namespaces in force.
        ///   - access: what the caller may see.
        init(_ request: [UInt8], of transaction: TransactionID, for access: AccessScope) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(request.count + 512)
            func append(_ count: Int) { withUnsafeBytes(of: Int64(count)) { bytes.append(contentsOf: $0) } }
            func append(_ text: String?) {
                append(text?.utf8.count ?? -1)
                if let text { bytes.append(contentsOf: text.utf8) }
            }
            func append(_ codes: [String]?) {
                append(codes?.count ?? -1)
                for code in codes ?? [] { append(code) }
            }
            append(transaction.rawValue)
            append(access.organisation)
            append(access.organisationKind)
            append(access.consent.rawValue)
            append(access.confidentialityCodes)
            append(access.classCodes)
            bytes += request
            digest = SHA256.hash(data: bytes).withUnsafeBytes { words in
                let words = words.assumingMemoryBound(to: UInt64.self)
                return (words[0], words[1], words[2], words[3])
            }
        }

        static func == (one: Question, other: Question) -> Bool { one.digest == other.digest }

        func hash(into hasher: inout Hasher) { hasher.combine(digest.0) }
    }

    /// An answer, right if the versions are those of the registry.
    struct Answer {
        let result: StoredQueryResult
        /// Habits of the sender in the question.
        let deviations: Set<Deviation>
        let versions: [PatientVersion]
    }

    /// Figures for metrics.
    public struct Figures: Sendable {
        /// Answers that were found here.
        public var found: Int64 = 0
        /// Answers that were new, and kept.
        public var kept: Int64 = 0
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

    /// What an answer takes beside its bytes: its question, versions and places here.
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
            guard let place = state.places[question], let answer = state.slots[place]?.answer else { return nil }
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
            state.figures.kept += 1
        }
    }

    /// An answer that was found here turned out not to be right any more. One that was kept meanwhile stays.
    func forget(_ answer: Answer, to question: Question) {
        // What is taken out is freed after the lock was given back.
        _ = state.withLock { state -> Slot? in
            state.figures.outdated += 1
            guard let place = state.places[question], state.slots[place]?.answer.versions == answer.versions else {
                return nil
            }
            return state.remove(at: place)
        }
    }
}
