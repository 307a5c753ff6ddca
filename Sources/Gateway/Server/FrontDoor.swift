import AccessControl
import HTTPTypes
import HummingbirdCore
import NIOCore
import SOAPKit
import Trust
import XDSMetadata
import XDSRepository

/// The HTTP side of the front door: who is it, where does the request go, how is the answer written.
///
/// Runs once per request, on the connection's task. The order is fixed: organisation first, so that nobody who does
/// not belong learns anything; then path and method; then the SOAP router of the endpoint, which answers everything. A class, so
/// that a request holds one reference and not one to each part.
final class FrontDoor: Sendable {
    /// How long an unread body is still taken, and thrown away, after an early answer: a peer that is sending can only read
    /// that answer while its bytes are accepted.
    private static let lingering = TimeAmount.seconds(2)

    let directory: OrganisationDirectory
    let deviations: DeviationLedger
    /// How the consent of patients is asked.
    let consent: AccessScope.Consent
    let endpoints: [Endpoint]
    let observer: Observer
    let auditor: Auditor
    let inWork: RequestsInWork
    let usage: OrganisationUsage
    let turns: OrganisationTurns
    /// A request that announces more is refused by its own limit, so it takes nothing of its organisation's.
    let messageBytes: Int
    let journal: HandshakeJournal
    let stall: BodyStall
    let sweep: BodySweep

    /// A front door of these parts.
    init(_ parts: DaemonParts, endpoints: [Endpoint]) {
        directory = parts.directory
        deviations = parts.deviations
        consent = parts.configuration.access.consent
        self.endpoints = endpoints
        observer = parts.observer
        auditor = parts.audit.auditor
        inWork = parts.inWork
        usage = parts.usage
        turns = parts.turns
        messageBytes = parts.configuration.limits.messageBytes
        journal = parts.journal
        stall = parts.bodies.stall
        sweep = parts.bodies
    }

    /// What an answer rests on is not true, and nobody can make it anew: a registration that the database has forgotten in a crash.
    private struct Unrenewable: Error, CustomStringConvertible {
        let description =
            "the registration is not there any more: the database forgot it in a crash, or it was removed at once"
    }

    /// Answers one request and leaves the connection ready for the next, or closes it.
    @concurrent
    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let peer = PeerIdentity.current
        // What is pipelined behind the last answer waits for the end of the connection.
        if peer?.connectionEnds == true { return }
        let start = ContinuousClock.now
        let body = TrackedBody(request.body)
        let announced = AnnouncedBody(request.headers)
        let requestID = RequestID.next()
        let watch = announced.isLong ? stall.watch(body.progress, on: channel) : nil
        defer { watch?.cancel() }
        let isSwept = announced.exists && watch == nil
        if isSwept { sweep.begin(body.progress, on: channel) }
        defer { if isSwept { sweep.end(body.progress) } }
        var answer: Answer
        let hasPlace = inWork.begin()
        defer { if hasPlace { inWork.end() } }
        var place: OrganisationUsage.Place?
        defer { if let place { usage.end(place) } }
        var turn: OrganisationTurns.Turn?
        switch await admission(peer, requestID: requestID, isLong: announced.isLong) {
        case .success(let (organisation, taken, caller)):
            turn = taken
            if !hasPlace {
                answer = .overloaded(caller)
            } else {
                let length = announced.length ?? 0
                switch usage.begin(organisation, bytes: length > messageBytes ? 0 : length, now: .now()) {
                case .success(let taken):
                    place = taken
                    let counted = announced.length == nil ? counting(body, at: taken) : body
                    // What a long body asks for may take long, too: the event loop has other connections to serve.
                    answer = await withTaskExecutorPreference(announced.isLong ? globalConcurrentExecutor : nil) {
                        await route(request, body: counted, caller: caller)
                    }
                    if case .soap(let response, _) = answer {
                        if let limit = taken.overrun ?? turn?.limit {
                            answer = .limited(limit, caller, response)
                        } else if case .sender(let limit) = response.outcome.shortage {
                            answer = .limited(.envelopes(limit), caller, response)
                        } else if response.outcome.shortage == .all {
                            answer = .overloaded(caller, response)
                        }
                    }
                case .failure(let limited):
                    answer = .limited(limited.limit, caller)
                }
            }
        case .failure(let refusal):
            answer = .refused(refusal)
        }
        await record(&answer, path: request.uri.path, requestID: requestID)
        turn?.giveBack()
        // A body that was not read to its end would be taken for the next request: say that the connection ends.
        let closes = answer.endsConnection || !body.progress.reachedEnd && announced.exists
        if closes { peer?.endConnection() }
        var observation = answer.observation(requestID: requestID)
        do {
            try await answer.write(
                to: writer, on: channel, method: request.method, requestID: requestID, closes: closes)
        } catch {
            observation.outcome = "disconnected"
            await recordBreakOff(answer, path: request.uri.path, requestID: requestID)
            if error is BlobStoreError || error is OutgoingAttachment.WrongLength {
                // The peer sees an answer that ends early; the cause is on our side.
                observer.observe(.internalFailure(requestID: requestID, cause: String(describing: error)))
            }
            channel.close(promise: nil)
        }
        observation.bytesReceived = body.progress.bytesRead
        observation.duration = start.duration(to: .now)
        observer.observe(.answered(observation))
        // The HTTP channel reads the rest of the body and drops it, until then.
        if closes { channel.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) } }
    }

    private static func take(
        _ turn: OrganisationTurns.Turn, for kind: OrganisationTurns.Kind
    ) async throws(SOAPFault) {
        do throws(OrganisationLimited) {
            try await turn.take(for: kind)
        } catch {
            throw error.limit.fault(organisation: error.organisation)
        }
    }

    /// A body of unknown length, counted as it comes.
    private func counting(_ body: TrackedBody, at place: OrganisationUsage.Place) -> TrackedBody {
        let usage = usage
        return body.telling { count throws(SOAPFault) in
            do throws(OrganisationLimited) {
                try usage.receive(count, at: place)
            } catch {
                throw error.limit.fault(organisation: error.organisation)
            }
        }
    }

    /// Nothing is given out or confirmed that is not recorded. An answer that was found earlier, and is not right any more when it
    /// is to be recorded, is made anew; a registration that is not there any more is not confirmed.
    private func record(_ answer: inout Answer, path: String, requestID: String) async {
        do {
            while try await !auditor.record(answer, path: path, requestID: requestID) {
                guard case .soap(let response, let caller) = answer, let renewal = response.renewal else {
                    throw Unrenewable()
                }
                answer = .soap(await renewal(), caller)
            }
        } catch {
            observer.observe(.internalFailure(requestID: requestID, cause: "not recorded: \(error)"))
            answer = .unrecorded(organisation: answer.organisation)
        }
    }

    private func recordBreakOff(_ answer: Answer, path: String, requestID: String) async {
        do {
            try await auditor.recordBreakOff(answer, path: path)
        } catch {
            observer.observe(.internalFailure(requestID: requestID, cause: "break-off not recorded: \(error)"))
        }
    }

    private func route(_ request: Request, body: TrackedBody, caller: Caller) async -> Answer {
        guard let endpoint = endpoints.first(where: { $0.path == request.uri.path }) else {
            return .plain(
                .notFound, "there is nothing at this path; see /xds/registry, /xds/repository and /pix\n", caller)
        }
        switch request.method {
        case .post:
            return .soap(await endpoint.post(request, body, caller), caller)
        case .get, .head:
            guard let description = endpoint.description(request.uri.query ?? "") else {
                return .plain(
                    .notFound, "GET \(endpoint.path)?wsdl describes the service; requests are POSTed\n", caller)
            }
            return .description(description, caller)
        default:
            return .plain(.methodNotAllowed, "use POST for SOAP, GET with ?wsdl for the description\n", caller)
        }
    }

    /// Habits of a sender: counted for the metrics now, and for the administrator soon.
    private func note(_ deviations: Set<Deviation>, of organisation: String, in transaction: TransactionID) {
        let names = deviations.map(\.rawValue)
        self.deviations.note(names, of: organisation, in: transaction.rawValue)
        observer.observe(
            .deviated(organisation: organisation, transaction: transaction.rawValue, deviations: names))
    }

    /// Who the peer of this connection is, from the certificate the handshake verified.
    private func admission(_ peer: PeerIdentity?, requestID: String, isLong: Bool) async -> Result<
        (Organisation, OrganisationTurns.Turn, Caller), PeerRefusal
    > {
        // Cannot be reached without one through the TLS channel; refuse rather than trust.
        guard let peer else { return .failure(.unverified) }
        switch await peer.organisation(in: directory) {
        case .success(let organisation):
            let turn = turns.turn(of: organisation.identifier)
            let caller = Caller(
                requestID: requestID, organisation: organisation.identifier,
                mayCall: { organisation.mayCall($0) }, maySubmitAs: { organisation.sourceIDs.allows($0) },
                mayChange: { organisation.mayChange(objectsOf: $0) },
                access: AccessScope(of: organisation, consent: consent),
                reading: organisation.reading == .strict ? .strict : .lenient,
                notice: { self.note($1, of: organisation.identifier, in: $0) },
                takeTurn: { transaction in
                    if isLong { try await self.admitAgain(peer, requestID: requestID) }
                    try await Self.take(turn, for: OrganisationTurns.Kind(of: transaction))
                },
                takeTurnForConnection: { try await Self.take(turn, for: .writing) },
                endWork: { turn.endWork() })
            return .success((organisation, turn, caller))
        case .failure(let refusal):
            refusal.tell(observer, journal, of: peer, requestID: requestID)
            return .failure(refusal)
        }
    }

    /// A body may take days to come, and who was let in with its head may not be any more.
    private func admitAgain(_ peer: PeerIdentity, requestID: String) async throws(SOAPFault) {
        guard case .failure(let refusal) = await peer.organisation(in: directory) else { return }
        refusal.tell(observer, journal, of: peer, requestID: requestID)
        throw refusal.fault
    }
}

/// What the head of a request says of its body.
private struct AnnouncedBody {
    /// The length that was announced; nil for a chunked body, 0 without a body.
    let length: Int?

    init(_ fields: HTTPFields) {
        length = fields[.transferEncoding] != nil ? nil : fields[.contentLength].flatMap { Int($0) } ?? 0
    }

    /// Whether a body was announced.
    var exists: Bool { (length ?? .max) > 0 }

    /// Whether the body may take many reads. A query fits into one or two, and is spared the timer.
    var isLong: Bool { (length ?? .max) > 16 * 1024 }
}
