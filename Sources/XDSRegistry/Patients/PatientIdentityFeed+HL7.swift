public import HL7Kit
public import XDSMetadata

/// The HL7 v2 side of the feed.
extension PatientIdentityFeed {
    /// The trigger events that are taken.
    enum Event: String, CaseIterable {
        /// Admit, register, pre-admit: the patient's ids become known.
        case admit = "A01"
        case register = "A04"
        case preAdmit = "A05"
        /// Update of demographics, of which the registry keeps none.
        case update = "A08"
        /// Merge.
        case merge = "A40"
        /// Link change.
        case move = "A43"

        var transaction: TransactionID { self == .move ? .notifyXADPIDLinkChange : .patientIdentityFeed }
    }

    private static let versions: Set<String> = ["2.3.1", "2.4", "2.5", "2.5.1"]

    /// Answers a message. What an accepted one asks for is committed when this returns.
    ///
    /// AA: done, or nothing to do. AE: the content is wrong. AR: type, event or version is not taken, the organisation has
    /// not the right, or the registry failed, and the message may be sent again.
    public func respond(to message: HL7Message, caller: Caller) async -> PatientFeedAnswer {
        caller.facts.note(message)
        let event: Event
        do {
            event = try Self.event(of: message)
            guard caller.mayCall(event.transaction.rawValue) else {
                return PatientFeedAnswer(refusing: event.transaction, to: caller.organisation)
            }
            try Self.checkHeader(of: message)
        } catch {
            let transaction = Event(rawValue: message.event)?.transaction
            return PatientFeedAnswer(
                error.code == .requiredFieldMissing ? .error(error) : .rejected(error), transaction: transaction)
        }
        return PatientFeedAnswer(await work(event, message, caller), transaction: event.transaction)
    }

    private func work(_ event: Event, _ message: HL7Message, _ caller: Caller) async -> HL7Acknowledgement {
        let origin = PatientRegister.Origin(
            organisation: caller.organisation, transaction: event.transaction, messageID: message.controlID)
        do {
            switch event {
            case .admit, .register, .preAdmit:
                let note = try await add(
                    try Self.registrations(in: message), origin: origin, noting: caller.facts)
                return .accepted(note: note?.text)
            case .update:
                break
            case .merge:
                try await merge(try Self.replacements(in: message), origin: origin, noting: caller.facts)
            case .move:
                let sourceId = try Self.sourceId(of: message)
                guard message.all("PID").count <= 1 else {
                    throw HL7Problem(
                        .segmentSequence, .init("PID", sequence: 2),
                        "one message changes one link; send a message for each")
                }
                try await changeLinks(
                    try Self.replacements(in: message), sourceId: sourceId, origin: origin, noting: caller.facts)
            }
            return .accepted()
        } catch let problem as HL7Problem {
            return .error(problem)
        } catch let problem as PatientFeedProblem {
            return .error(problem.hl7Problem(authority: domain.authority))
        } catch {
            return .rejected(HL7Problem(.internalError, nil, internalError(error, caller.requestID).context))
        }
    }

    // MARK: Header

    private static func event(of message: HL7Message) throws(HL7Problem) -> Event {
        guard message.type == "ADT" else {
            throw HL7Problem(.unsupportedMessageType, .init("MSH", 9), "only ADT messages are taken here")
        }
        guard let event = Event(rawValue: message.event) else {
            let events = Event.allCases.map(\.rawValue).joined(separator: ", ")
            throw HL7Problem(.unsupportedEvent, .init("MSH", 9), "the trigger event is not taken here; \(events) are")
        }
        return event
    }

    private static func checkHeader(of message: HL7Message) throws(HL7Problem) {
        guard versions.contains(message.version) else {
            let list = versions.sorted().joined(separator: ", ")
            throw HL7Problem(
                .unsupportedVersion, .init("MSH", 12), "the version of MSH-12 is not taken here; \(list) are")
        }
        guard ["", "P", "T", "D"].contains(message.header.field(11).component(1)) else {
            throw HL7Problem(.unsupportedProcessingID, .init("MSH", 11), "MSH-11 is none of P, T and D")
        }
        guard !message.controlID.isEmpty else {
            throw HL7Problem(.requiredFieldMissing, .init("MSH", 10), "MSH-10 (message control id) is missing")
        }
    }

    /// MSH-3 as an OID: its universal id, or its namespace where the sender writes the OID there.
    private static func sourceId(of message: HL7Message) throws(HL7Problem) -> OID {
        let field = message.header.field(3)
        for text in [field.component(2), field.component(1)] {
            if let oid = try? OID(parsing: text) { return oid }
        }
        throw HL7Problem(.dataType, .init("MSH", 3), "MSH-3 must be the OID of the sender")
    }

    // MARK: Segments

    private static func registrations(in message: HL7Message) throws(HL7Problem) -> [Registration] {
        let segments = message.all("PID")
        guard !segments.isEmpty else { throw HL7Problem(.segmentSequence, .init("PID"), "the PID segment is missing") }
        return try segments.enumerated().map { (number, segment) throws(HL7Problem) in
            Registration(ids: try identifiers(segment.field(3), .init("PID", 3, sequence: number + 1)))
        }
    }

    /// Each PID with the MRG behind it.
    private static func replacements(in message: HL7Message) throws(HL7Problem) -> [Registration] {
        var result: [Registration] = []
        for segment in message.segments {
            switch segment.name {
            case "PID":
                let ids = try identifiers(segment.field(3), .init("PID", 3, sequence: result.count + 1))
                result.append(Registration(ids: ids))
            case "MRG":
                guard let last = result.indices.last, result[last].priorIDs.isEmpty else {
                    throw HL7Problem(
                        .segmentSequence, .init("MRG"), "an MRG segment stands without a PID segment before it")
                }
                result[last].priorIDs = try identifiers(segment.field(1), .init("MRG", 1, sequence: last + 1))
            default:
                break
            }
        }
        guard !result.isEmpty else { throw HL7Problem(.segmentSequence, .init("PID"), "the PID segment is missing") }
        guard let missing = result.firstIndex(where: \.priorIDs.isEmpty) else { return result }
        throw HL7Problem(
            .segmentSequence, .init("MRG", sequence: missing + 1), "a PID segment has no MRG segment behind it")
    }

    private static func identifiers(
        _ field: HL7Field, _ location: HL7Problem.Location
    ) throws(HL7Problem) -> [FeedIdentifier] {
        let ids = field.repetitions.filter { !$0.isEmpty }.map {
            FeedIdentifier(
                id: $0.component(1), namespace: $0.subcomponent(4, 1), universalID: $0.subcomponent(4, 2),
                universalIDType: $0.subcomponent(4, 3))
        }
        guard !ids.isEmpty else {
            throw HL7Problem(
                .requiredFieldMissing, location, "\(location.segment)-\(location.field ?? 0) (patient id) is empty")
        }
        return ids
    }
}

extension PatientFeedProblem {
    /// As it is answered in HL7 v2.
    fileprivate func hl7Problem(authority: OID) -> HL7Problem {
        let location = HL7Problem.Location(
            part == .patient ? "PID" : "MRG", part == .patient ? 3 : 1, sequence: registration + 1)
        let code: HL7Problem.Code =
            switch reason {
            case .noIDOfDomain, .refused(.unknown), .refused(.subsumed): .unknownKeyIdentifier
            case .severalIDs, .refused(.sameID): .duplicateKeyIdentifier
            case .noLocalID: .requiredFieldMissing
            case .malformed, .notBSN: .dataType
            }
        let place = part == .patient ? "PID-3" : "MRG-1"
        return HL7Problem(code, location, text(place: place, authority: authority.text))
    }
}

extension TransactionFacts {
    /// Notes who sent the message to whom, and how it is named.
    fileprivate func note(_ message: HL7Message) {
        func text(_ facility: Int, _ application: Int) -> String {
            message.header.field(facility).component(1) + "|" + message.header.field(application).component(1)
        }
        note {
            $0.messageId = message.controlID
            $0.sender = text(4, 3)
            $0.receiver = text(6, 5)
        }
    }
}
