import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Trust

/// Asks OCSP responders for the status of certificates, and remembers what they say for as long as they say.
///
/// Never blocks: the question goes over an HTTP client, the answer is checked on the thread pool of the handshakes. A
/// responder that did not answer is left alone for a while, so that it costs one handshake its time and not all of them.
final class OCSPChecker: Sendable {
    /// What a lookup came to, for metrics.
    enum Outcome: String, Sendable, CaseIterable {
        case good, revoked, unanswered, remembered
    }

    /// Whether answers are needed.
    let policy: OCSPPolicy
    private let responder: String?
    private let timeLimit: TimeAmount
    private let observe: @Sendable (Outcome) -> Void
    private let memory = Mutex(OCSPMemory())

    /// - Parameters:
    ///   - responder: asked about every certificate; nil: the one that the certificate names.
    ///   - timeLimit: for one question and its answer.
    ///   - observe: told about every lookup; must not block.
    init(
        policy: OCSPPolicy, responder: String?, timeLimit: TimeAmount,
        observe: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) {
        self.policy = policy
        self.responder = responder
        self.timeLimit = timeLimit
        self.observe = observe
    }

    /// The status of a certificate, asked or remembered. Never fails: no answer is an answer, too.
    func status(
        of query: OCSPQuery, on eventLoop: any EventLoop, checking pool: NIOThreadPool
    ) -> EventLoopFuture<OCSPStatus> {
        guard let responder = responder ?? query.responders.first else {
            return eventLoop.makeSucceededFuture(
                .unanswered("is not named in the certificate, and server.ocspResponder names none"))
        }
        if let known = memory.withLock({ $0.status(of: query.identifier, from: responder, at: Date()) }) {
            observe(.remembered)
            return eventLoop.makeSucceededFuture(known)
        }
        return ask(responder, query, on: eventLoop, checking: pool).map { status in
            self.memory.withLock { $0.remember(status, of: query.identifier, from: responder, at: Date()) }
            switch status {
            case .good: self.observe(.good)
            case .revoked: self.observe(.revoked)
            case .unanswered: self.observe(.unanswered)
            }
            return status
        }
    }

    private func ask(
        _ responder: String, _ query: OCSPQuery, on eventLoop: any EventLoop, checking pool: NIOThreadPool
    ) -> EventLoopFuture<OCSPStatus> {
        let request: HTTPClient.Request
        do {
            request = try HTTPClient.Request(
                url: responder, method: .POST,
                headers: ["Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"],
                body: .bytes(query.request))
        } catch {
            return eventLoop.makeSucceededFuture(.unanswered("has an address that cannot be used: \(responder)"))
        }
        let delegate = ResponseAccumulator(request: request, maxBodySize: OCSPQuery.maximumResponseBytes)
        return HTTPClient.shared.execute(
            request: request, delegate: delegate, deadline: .now() + timeLimit
        ).futureResult.hop(to: eventLoop).flatMap { response in
            guard response.status == .ok, let body = response.body else {
                return eventLoop.makeSucceededFuture(.unanswered("answered HTTP \(response.status.code)"))
            }
            return pool.runIfActive(eventLoop: eventLoop) { query.status(from: Array(body.readableBytesView)) }
        }.recover { error in
            .unanswered("at \(responder) did not answer: \(error)")
        }
    }
}

/// What responders said, for as long as it may be believed. Bounded.
struct OCSPMemory {
    /// Answers kept at most.
    static let maximumAnswers = 4_096
    /// How long a responder is left alone after it did not answer.
    static let pause: TimeInterval = 30

    private struct Answer {
        let status: OCSPStatus
        let until: Date
    }

    private var answers: [[UInt8]: Answer] = [:]
    private var silent: [String: Answer] = [:]

    /// What is known, or that the responder is being left alone; nil: it is to be asked. After a silence one asks, and the others
    /// go on without it until there is an answer.
    mutating func status(of identifier: [UInt8], from responder: String, at time: Date) -> OCSPStatus? {
        if let answer = answers[identifier], time < answer.until { return answer.status }
        guard let silence = silent[responder] else { return nil }
        if time < silence.until { return silence.status }
        silent[responder] = Answer(status: silence.status, until: time + Self.pause)
        return nil
    }

    /// Keeps an answer until its end.
    mutating func remember(_ status: OCSPStatus, of identifier: [UInt8], from responder: String, at time: Date) {
        switch status {
        case .good(let until), .revoked(_, _, let until):
            silent[responder] = nil
            Self.put(Answer(status: status, until: until), at: identifier, in: &answers, time)
        case .unanswered:
            Self.put(Answer(status: status, until: time + Self.pause), at: responder, in: &silent, time)
        }
    }

    private static func put<Key: Hashable>(
        _ answer: Answer, at key: Key, in answers: inout [Key: Answer], _ time: Date
    ) {
        if answers[key] == nil, answers.count >= maximumAnswers {
            answers = answers.filter { time < $0.value.until }
            if answers.count >= maximumAnswers, let any = answers.keys.first { answers[any] = nil }
        }
        answers[key] = answer
    }
}
