import AccessControl
import Foundation
import HL7Kit
import NIOCore
import SOAPKit
import Trust
import XDSMetadata
import XDSRegistry

/// The message side of the HL7 v2 door: who is it, may the message come in, what is answered.
///
/// Everything that is framed as a message is answered, also what is none: its sender is waiting. The control id of the
/// answer is the request id, under which the log knows it.
struct MLLPDoor: Sendable {
    let directory: OrganisationDirectory
    let feed: PatientIdentityFeed
    let observer: Observer
    let auditor: Auditor
    let inWork: RequestsInWork
    let usage: OrganisationUsage
    let turns: OrganisationTurns
    let journal: HandshakeJournal
    /// Told to senders of messages that are longer.
    let messageBytes: Int

    /// What goes back on a connection.
    struct Reply: Sendable {
        /// The acknowledgement in its frame; nil where there is none.
        let frame: ByteBuffer?
        /// Whether the connection ends with it.
        let endsConnection: Bool
    }

    /// Answers what the frames of a connection held.
    @concurrent
    func answer(to event: MLLPFrameStateMachine.Event, from peer: PeerIdentity) async -> Reply {
        let start = ContinuousClock.now
        let requestID = RequestID.next()
        let bytes: [UInt8]
        let facts = TransactionFacts()
        var verdict: Verdict
        switch event {
        case .message(let message):
            bytes = message
            verdict = await self.verdict(on: message, from: peer, requestID, noting: facts)
        case .broken(let message):
            bytes = message
            verdict = .unreadable(HL7Problem(.segmentSequence, nil, "the message did not come to its end (0x1C 0x0D)"))
        case .oversized(let head):
            bytes = head
            verdict = .unreadable(
                HL7Problem(.dataType, nil, "the message is longer than \(messageBytes) bytes (mllp.messageBytes)"))
        case .foreign:
            bytes = []
            verdict = .unreadable(HL7Problem(.segmentSequence, nil, "the connection carries no MLLP"))
        }
        await record(&verdict, facts: facts.content, requestID: requestID)
        observer.observe(
            .answered(
                verdict.observation(requestID: requestID, bytes: bytes.count, duration: start.duration(to: .now))))
        guard event != .foreign else { return Reply(frame: nil, endsConnection: true) }
        let time = DTM.now.text
        let answer = verdict.acknowledgement.encoded(answering: bytes, at: time, controlID: requestID)
        return Reply(
            frame: ByteBuffer(bytes: MLLPFrameStateMachine.frame(answer)), endsConnection: verdict.endsConnection)
    }

    /// Nothing is acknowledged that is not recorded.
    private func record(_ verdict: inout Verdict, facts: TransactionFacts.Content, requestID: String) async {
        do {
            try await auditor.recordMessage(
                verdict.transaction.flatMap(TransactionID.init(rawValue:)), from: verdict.organisation, facts: facts,
                outcome: verdict.outcome, problem: verdict.acknowledgement.problems.first?.text,
                limit: verdict.limit, requestID: requestID)
        } catch {
            observer.observe(.internalFailure(requestID: requestID, cause: "not recorded: \(error)"))
            let problem = HL7Problem(
                .internalError, nil, "the message could not be recorded in the audit trail; send it again")
            verdict = Verdict(
                .rejected(problem), "unrecorded", verdict.organisation, transaction: verdict.transaction)
        }
    }

    private func verdict(
        on bytes: [UInt8], from peer: PeerIdentity, _ requestID: String, noting facts: TransactionFacts
    ) async -> Verdict {
        let organisation: Organisation
        switch await peer.organisation(in: directory) {
        case .success(let admitted):
            organisation = admitted
        case .failure(let refusal):
            refusal.tell(observer, journal, of: peer, requestID: requestID)
            return Verdict(
                .rejected(HL7Problem(.internalError, nil, refusal.answer)), "refused", refusal.organisation,
                endsConnection: refusal.endsConnection)
        }
        guard inWork.begin() else {
            let problem = HL7Problem(.internalError, nil, "too many requests are in work; try again in a moment")
            return Verdict(.rejected(problem), "overloaded", organisation.identifier)
        }
        defer { inWork.end() }
        switch usage.begin(organisation, bytes: bytes.count, now: .now()) {
        case .success(let place):
            defer { usage.end(place) }
            return await verdict(on: bytes, of: organisation, requestID, noting: facts)
        case .failure(let limited):
            return .limited(limited)
        }
    }

    private func verdict(
        on bytes: [UInt8], of organisation: Organisation, _ requestID: String, noting facts: TransactionFacts
    ) async -> Verdict {
        let message: HL7Message
        do {
            message = try HL7Message(parsing: bytes)
        } catch {
            return Verdict(.rejected(error), "fault", organisation.identifier)
        }
        let caller = Caller(
            requestID: requestID, organisation: organisation.identifier, mayCall: { organisation.mayCall($0) },
            maySubmitAs: { organisation.sourceIDs.allows($0) }, mayChange: { organisation.mayChange(objectsOf: $0) },
            facts: facts)
        let turn = turns.turn(of: organisation.identifier)
        do {
            try await turn.take(for: .writing)
        } catch {
            return .limited(error)
        }
        defer { turn.giveBack() }
        let answer = await feed.respond(to: message, caller: caller)
        return Verdict(
            answer.acknowledgement, answer.outcome.rawValue, organisation.identifier,
            transaction: answer.transaction?.rawValue)
    }

    /// An acknowledgement, and what is told of it.
    private struct Verdict {
        let acknowledgement: HL7Acknowledgement
        let outcome: String
        let organisation: String
        let transaction: String?
        let limit: String?
        let endsConnection: Bool

        init(
            _ acknowledgement: HL7Acknowledgement, _ outcome: String, _ organisation: String,
            transaction: String? = nil, limit: String? = nil, endsConnection: Bool = false
        ) {
            self.acknowledgement = acknowledgement
            self.outcome = outcome
            self.organisation = organisation
            self.transaction = transaction
            self.limit = limit
            self.endsConnection = endsConnection
        }

        /// AR for a message that is too much for its organisation.
        static func limited(_ limited: OrganisationLimited) -> Verdict {
            let reason = limited.limit.fault(organisation: limited.organisation).reason
            return Verdict(
                .rejected(HL7Problem(.internalError, nil, reason)), "limited", limited.organisation,
                limit: limited.limit.word)
        }

        /// AR for something that is no message.
        static func unreadable(_ problem: HL7Problem) -> Verdict { Verdict(.rejected(problem), "fault", "none") }

        func observation(requestID: String, bytes: Int, duration: Duration) -> Observation.Answer {
            Observation.Answer(
                requestID: requestID, organisation: organisation, transaction: transaction ?? "unknown",
                outcome: outcome, status: acknowledgement.code.rawValue, fault: fault, limit: limit,
                bytesReceived: bytes,
                duration: duration)
        }

        /// Our own words only: those of AE may name authorities as the sender wrote them.
        private var fault: String? {
            guard let problem = acknowledgement.problems.first else { return nil }
            guard acknowledgement.code == .error else { return problem.text }
            let place = problem.location.map { " in \($0.segment)-\($0.field ?? 0)" } ?? ""
            return problem.code.text + place
        }
    }
}
