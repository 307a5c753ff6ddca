import AuditTrail
import NIOCore
import SOAPKit
import Trust
import XDSMetadata
import XDSRegistry

/// Records what happens at the front door: every answer before its first byte leaves.
struct Auditor: Sendable {
    let writer: AuditWriter
    let patients: PatientLookup
    /// `https://HOST:PORT` as partners reach it.
    let address: String
    private let limiter = MutualTLSLogLimiter()
    /// Apart from the other: strangers at many addresses must not crowd out what members are refused.
    private let shedding = MutualTLSLogLimiter()

    init(writer: AuditWriter, patients: PatientLookup, address: String) {
        self.writer = writer
        self.patients = patients
        self.address = address
    }

    /// Records an answer; returns when the events are durable.
    /// - Returns: false when nothing was recorded, because what the answer rests on is not true.
    /// - Throws: when they are not: the answer may then not be given.
    func record(_ answer: Answer, path: String, requestID: String) async throws -> Bool {
        switch answer {
        case .soap(let response, let caller):
            return try await writer.record(
                events(response, caller: caller, endpoint: address + path), while: caller.facts.premises)
        case .refused(let refusal):
            var event = begin(.nodeAuthentication, requestID: requestID, endpoint: address + path)
            guard let left = admit(event, reason: refusal.explanation) else { return true }
            event.outcome = .seriousFailure
            event.outcomeDescription = refusal.explanation
            event.organisation = refusal.organisation == "none" ? nil : refusal.organisation
            event.objects = [AuditObject(.peer, id: event.address ?? "unknown", details: left.details)]
            try await writer.record([event])
        case .overloaded(let caller, let response):
            guard
                var event = shed(
                    caller.organisation, limit: Self.overload, requestID: requestID, endpoint: address + path)
            else { return true }
            event.outcome = .majorFailure
            event.outcomeDescription =
                response == nil ? "too many requests are in work" : "too many bytes of messages are in work"
            try await writer.record([event])
        case .limited(let limit, let caller, _):
            guard
                var event = shed(
                    caller.organisation, limit: limit.word, requestID: requestID, endpoint: address + path)
            else { return true }
            event.outcomeDescription = limit.fault(organisation: caller.organisation).reason
            try await writer.record([event])
        case .plain, .description, .unrecorded:
            // Nothing of a patient was asked for or given.
            break
        }
        return true
    }

    /// Records an HL7 v2 message before its acknowledgement leaves.
    /// - Parameters:
    ///   - transaction: absent where the message is none of the feed.
    ///   - outcome: the word of the metrics; anything but `Success` is a failure.
    ///   - limit: the word of the limit that the organisation reached, if one did.
    /// - Throws: when the events are not durable: the message may then not be acknowledged.
    func recordMessage(
        _ transaction: TransactionID?, from organisation: String, facts: TransactionFacts.Content, outcome: String,
        problem: String?, limit: String? = nil, requestID: String
    ) async throws {
        if let limit = outcome == Self.overload ? outcome : limit {
            guard
                var event = shed(
                    organisation, limit: limit, requestID: requestID, endpoint: facts.receiver ?? "mllp")
            else { return }
            if limit == Self.overload { event.outcome = .majorFailure }
            event.outcomeDescription = problem
            return try await writer.record([event])
        }
        let isKeptOut = transaction == nil && outcome == "refused"
        let kind = transaction.flatMap { AuditEventKind(rawValue: $0.rawValue) }
        var event = begin(
            kind ?? (isKeptOut ? .nodeAuthentication : .requestRefused), requestID: requestID,
            endpoint: facts.receiver ?? "mllp")
        if transaction == nil {
            guard let left = admit(event, reason: "\(event.kind.rawValue) \(outcome) \(organisation)") else { return }
            if !left.details.isEmpty {
                event.objects = [AuditObject(.peer, id: event.address ?? "unknown", details: left.details)]
            }
        }
        event.organisation = organisation == "none" ? nil : organisation
        event.replyTo = facts.sender
        event.outcome = outcome == ResponseStatus.success.name ? .success : .seriousFailure
        event.outcomeDescription = problem
        event.grounds = AuditEvent.Grounds(
            authorisation: "rights of the organisation: transaction",
            checks: "client certificate, revocation, registration of the organisation, right to the transaction")
        try await writer.record(facts.patientChanges.isEmpty ? [event] : Self.events(event, of: facts))
    }

    /// The word of the metrics for what is refused because too much is in work, whoever asks.
    private static let overload = "overloaded"

    /// A request that was turned away before its end was read: one event a minute for an organisation and a limit, with
    /// the number of those left out, so that a flood does not fill the trail. nil: this one is left out.
    private func shed(
        _ organisation: String, limit: String, requestID: String, endpoint: String
    ) -> AuditEvent? {
        guard let left = shedding.admit("\(organisation) \(limit)", now: .now()) else { return nil }
        var event = begin(.requestRefused, requestID: requestID, endpoint: endpoint)
        event.organisation = organisation
        event.outcome = .seriousFailure
        event.objects = [
            AuditObject(.organisation, id: organisation, details: [.init("Limit", limit)] + left.details)
        ]
        return event
    }

    /// One event a minute for the same address and reason: a peer that may not come in must not fill the trail.
    private func admit(_ event: AuditEvent, reason: String) -> MutualTLSLogLimiter.Left? {
        let host = event.address.map { NetworkAccessPoint($0)?.id ?? $0 } ?? "unknown"
        return limiter.admit("\(host) \(reason)", now: .now())
    }

    /// Records that an answer with documents, recorded as given out, broke off.
    func recordBreakOff(_ answer: Answer, path: String) async throws {
        guard case .soap(let response, let caller) = answer, response.message.buffers == nil else { return }
        var events = try await events(response, caller: caller, endpoint: address + path)
        for index in events.indices {
            events[index].outcome = .seriousFailure
            events[index].outcomeDescription = "the answer broke off before its end"
        }
        try await writer.record(events)
    }

    // MARK: Events

    private func events(_ response: SOAPResponse, caller: Caller, endpoint: String) async throws -> [AuditEvent] {
        let transaction = response.action.flatMap(TransactionID.init(action:))
        let kind = transaction.flatMap { AuditEventKind(rawValue: $0.rawValue) } ?? .requestRefused
        let facts = caller.facts.content
        var event = begin(kind, requestID: caller.requestID, endpoint: endpoint)
        event.organisation = caller.organisation
        event.replyTo = response.outcome.replyTo
        event.submissionSet = facts.submissionSet
        event.grounds = AuditEvent.Grounds(
            authorisation: "rights of the organisation: transaction, confidentialityCode, classCode",
            consent: caller.access.consent.rawValue,
            checks: "client certificate, revocation, registration of the organisation, right to the transaction")
        (event.outcome, event.outcomeDescription) = Self.outcome(response, facts)
        if let query = facts.query {
            event.query = .init(
                id: facts.queryId ?? "none", content: query, results: facts.results.map { Int32(clamping: $0) },
                hidden: facts.hidden.map { Int32(clamping: $0) })
        }
        event.objects = facts.removedObjects.map { AuditObject(.removedObject, id: $0) }
        guard facts.patientChanges.isEmpty else { return Self.events(event, of: facts) }
        guard facts.documents.isEmpty else { return try await events(event, of: facts.documents, facts: facts) }
        let keys = facts.patientKeys.prefix(TransactionFacts.patientLimit)
        let patientIds = try await facts.patientIds + patients.patients(keys: Array(keys))
        return Self.events(
            event, ofPatients: patientIds, leftOut: facts.patientsLeftOut + facts.patientKeys.count - keys.count)
    }

    /// One event for each patient, and one for those that are too many to be told one by one.
    ///
    /// What patients have in common, the query and the removed objects, stands in the first event alone where all its copies
    /// would be long: what is written grows with the request, and not with its square.
    static func events(_ event: AuditEvent, ofPatients patients: [String], leftOut: Int) -> [AuditEvent] {
        guard !patients.isEmpty else { return [event] }
        var other = event
        let size = (event.query?.content.count ?? 0) + event.objects.count * objectBytes
        if patients.count * size > copiedBytes {
            other.query?.content = []
            other.objects = [
                AuditObject(
                    .auditTrail, id: "urn:audit-request:\(event.requestID ?? "unknown")",
                    details: [.init("Content", "the query and the objects are in the first event of this request")])
            ]
        }
        var events = patients.enumerated().map { index, patient in
            var event = index == 0 ? event : other
            event.patient = patient
            return event
        }
        if leftOut > 0 {
            let count = patients.count + leftOut
            let words = "\(count) patients in one request, of which \(leftOut) are not told one by one"
            other.outcomeDescription = other.outcomeDescription.map { "\(words); \($0)" } ?? words
            other.objects.append(
                AuditObject(
                    .auditTrail, id: "urn:audit-patients",
                    details: [.init("Patients", String(count)), .init("LeftOut", String(leftOut))]))
            events.append(other)
        }
        return events
    }

    /// Bytes of a query and of removed objects, about, in the events of all patients of a request together.
    private static let copiedBytes = 256 * 1_024
    /// What an object takes in an event, about.
    private static let objectBytes = 100

    /// One event for each id that a feed changed; a link change is one event about its ids (ITI TF-2: 3.8, 3.44, 3.64).
    private static func events(_ event: AuditEvent, of facts: TransactionFacts.Content) -> [AuditEvent] {
        let name = event.kind == .patientIdentityFeedV3 ? "II" : "MSH-10"
        let message = facts.messageId.map { [AuditObject.Detail(name, $0)] } ?? []
        var link = event
        var events: [AuditEvent] = []
        for change in facts.patientChanges {
            if case .linked(let type) = change.act {
                link.patient = link.patient ?? change.patientId
                link.objects.append(
                    AuditObject(
                        .patient, id: change.patientId, lifeCycle: lifeCycle(type, in: facts),
                        details: message + [.init("urn:ihe:iti:xpid:2017:patientIdentifierType", type)]))
                continue
            }
            var event = event
            event.action = change.act == .created ? .create : change.act == .subsumed ? .delete : .update
            event.patient = change.patientId
            event.objects = [AuditObject(.patient, id: change.patientId, details: message)]
            events.append(event)
        }
        return events.isEmpty ? [link] : events
    }

    /// A subsumed id is logically deleted; new and previous ids have a life cycle only where they differ.
    private static func lifeCycle(_ type: String, in facts: TransactionFacts.Content) -> Int? {
        func id(_ type: String) -> String? { facts.patientChanges.first { $0.act == .linked(type) }?.patientId }
        return switch type {
        case "subsumedPatientId": 14
        case "localPatientId": id("subsumedPatientId") == nil ? nil : 1
        case "newPatientId": id("previousPatientId") == id("newPatientId") ? nil : 1
        case "previousPatientId": id("previousPatientId") == id("newPatientId") ? nil : 14
        default: nil
        }
    }

    /// One event for each patient and for each outcome: what was given out, and what was not.
    private func events(
        _ event: AuditEvent, of documents: [TransactionFacts.Document], facts: TransactionFacts.Content
    ) async throws -> [AuditEvent] {
        struct Group: Hashable {
            let patient: String?
            let isDone: Bool
        }
        let patients = try await patients.patients(ofDocuments: documents.map(\.uniqueId))
        var groups: [Group: [TransactionFacts.Document]] = [:]
        var order: [Group] = []
        for document in documents {
            let group = Group(
                patient: patients[document.uniqueId] ?? facts.patientIds.first, isDone: document.isDone)
            if groups[group] == nil { order.append(group) }
            groups[group, default: []].append(document)
        }
        return order.map { group in
            var event = event
            event.patient = group.patient
            if group.isDone, facts.error?.severity == .error {
                (event.outcome, event.outcomeDescription) = (.success, nil)
            }
            let kind: AuditObject.Kind = event.kind == .removeDocuments ? .removedDocument : .document
            event.objects = (groups[group] ?? []).map {
                .document(
                    $0.uniqueId, repositoryUniqueID: $0.repositoryUniqueId, homeCommunityID: $0.homeCommunityId,
                    kind: kind, further: $0.isWithheld ? [AuditObject.withheld] : [])
            }
            return event
        }
    }

    private func begin(_ kind: AuditEventKind, requestID: String, endpoint: String) -> AuditEvent {
        var event = AuditEvent(kind)
        event.requestID = requestID
        event.endpoint = endpoint
        event.peer = PeerIdentity.current?.certificate.subject
        event.address = PeerIdentity.current?.remoteAddress
        return event
    }

    /// - Source: ITI TF-2: 3.20 leaves the values open; those of implementations: an error 8, warnings alone 4, a fault of ours 12.
    private static func outcome(
        _ response: SOAPResponse, _ facts: TransactionFacts.Content
    ) -> (AuditEvent.Outcome, String?) {
        switch response.outcome.result {
        case .reply(let outcome):
            let words = facts.error.map { "\($0.code.rawValue): \($0.context)" }
            if outcome != nil, outcome != ResponseStatus.success.name { return (.seriousFailure, words) }
            return (words == nil ? .success : .minorFailure, words)
        case .fault(let fault):
            return (fault.httpStatus >= 500 ? .majorFailure : .seriousFailure, fault.description)
        case .disconnected:
            return (.seriousFailure, "the peer went away before its request was complete")
        }
    }
}
