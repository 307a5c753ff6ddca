/// How an event becomes an AuditMessage.
///
/// - Source: ITI TF-2: 3.20 and the transactions' own sections.
extension RecordedEvent {
    /// The AuditMessage.
    /// - Parameter enterpriseSiteID: AuditEnterpriseSiteID: the home community.
    public func message(enterpriseSiteID: String?) -> AuditMessage {
        AuditMessage(
            event: AuditMessage.EventIdentification(
                action: event.action, dateTime: event.time, outcome: event.outcome, eventID: event.kind.eventID,
                typeCodes: [unknownKind.map { .own($0, $0) } ?? event.kind.typeCode],
                outcomeDescription: event.outcomeDescription,
                purposesOfUse: event.person?.purposeOfUse.map { [Self.code($0)] } ?? []),
            participants: participants, source: .init(id: source.node, enterpriseSiteID: enterpriseSiteID),
            objects: objects)
    }

    // MARK: Participants

    private var participants: [AuditMessage.ActiveParticipant] {
        switch event.kind {
        case .retrieveDocumentSet:
            // The documents flow from the repository, so it is the source.
            [endpoint(.sourceRole)] + person + [peer(.destinationRole)]
        case .applicationStart, .applicationStop:
            [own(isRequestor: false, roles: [.application])] + person
        case .auditLogUsed, .auditLogPruned, .administration:
            person + [own(isRequestor: event.person == nil, roles: [])]
        case .nodeAuthentication:
            [own(isRequestor: false, roles: []), peer(nil)] + person
        default:
            [peer(.sourceRole)] + person + [endpoint(.destinationRole)]
        }
    }

    /// The other side. Without a human requestor it is the one who asked.
    private func peer(_ role: CodedElement?) -> AuditMessage.ActiveParticipant {
        AuditMessage.ActiveParticipant(
            userID: event.replyTo ?? Self.anonymous, alternativeUserID: event.peer, userName: event.organisation,
            isRequestor: event.person == nil, accessPoint: event.address.flatMap(NetworkAccessPoint.init),
            roles: role.map { [$0] } ?? [])
    }

    /// This side, as the peer addressed it.
    private func endpoint(_ role: CodedElement) -> AuditMessage.ActiveParticipant {
        let address = event.endpoint?.contains("://") == true ? event.endpoint : nil
        return AuditMessage.ActiveParticipant(
            userID: event.endpoint ?? source.node, alternativeUserID: String(source.process), isRequestor: false,
            accessPoint: NetworkAccessPoint(address ?? source.node), roles: [role])
    }

    /// This process.
    private func own(isRequestor: Bool, roles: [CodedElement]) -> AuditMessage.ActiveParticipant {
        AuditMessage.ActiveParticipant(
            userID: source.node, alternativeUserID: String(source.process), isRequestor: isRequestor,
            accessPoint: NetworkAccessPoint(source.node), roles: roles)
    }

    private var person: [AuditMessage.ActiveParticipant] {
        guard let person = event.person else { return [] }
        return [
            AuditMessage.ActiveParticipant(
                userID: person.id, userName: person.name, isRequestor: true,
                roles: person.role.map { [Self.code($0)] } ?? [])
        ]
    }

    /// `code^^system`, or a code of our own.
    private static func code(_ text: String) -> CodedElement {
        guard let range = text.firstRange(of: "^^") else { return .own(text, text) }
        let code = String(text[..<range.lowerBound])
        return CodedElement(code, String(text[range.upperBound...]), code)
    }

    private static let anonymous = "http://www.w3.org/2005/08/addressing/anonymous"

    // MARK: Objects

    private var objects: [AuditMessage.ParticipantObject] {
        var objects: [AuditMessage.ParticipantObject] = []
        let isAmongObjects = event.objects.contains { $0.kind == .patient && $0.id == event.patient }
        if let patient = event.patient, !isAmongObjects {
            objects.append(.init(typeCode: 1, role: 1, idType: .patientNumber, id: patient))
        }
        if let submissionSet = event.submissionSet {
            objects.append(.init(typeCode: 2, role: 20, idType: .submissionSetNode, id: submissionSet))
        }
        if let query = event.query { objects.append(Self.object(query, of: event.kind)) }
        objects += event.objects.map(\.participant)
        // What DICOM has no place for is told on the first object; an event without one says it of the trail.
        if objects.isEmpty { objects.append(AuditObject(.auditTrail, id: "urn:audit-record:\(sequence)").participant) }
        objects[0].details += recordDetails
        return objects
    }

    private static func object(
        _ query: AuditEvent.Query, of kind: AuditEventKind
    ) -> AuditMessage.ParticipantObject {
        var details = [AuditObject.Detail("QueryEncoding", "UTF-8")]
        if let results = query.results { details.append(.init("ResultCount", String(results))) }
        if let hidden = query.hidden, hidden > 0 { details.append(.init("HiddenCount", String(hidden))) }
        return AuditMessage.ParticipantObject(
            typeCode: 2, role: 24, idType: .transaction(kind.rawValue, kind.name), id: query.id, query: query.content,
            details: details)
    }

    /// How many documents were withheld, NEN 7513's grounds, and the place in the chain: a copy elsewhere then proves what stood here.
    private var recordDetails: [AuditObject.Detail] {
        var details: [AuditObject.Detail] = []
        // Of a query it stands beside the number of results.
        if event.query == nil, let hidden = event.hidden { details.append(.init("HiddenCount", String(hidden))) }
        if event.kind.isTransaction {
            let unknown = "not evaluated"
            details += [
                .init("AuthorisationProtocol", event.grounds.authorisation ?? unknown),
                .init("TreatmentRelationProtocol", event.grounds.treatmentRelation ?? unknown),
                .init("ConsentProfile", event.grounds.consent ?? unknown),
                .init("ChecksDone", event.grounds.checks ?? unknown),
            ]
        }
        if let requestID = event.requestID { details.append(.init("RequestID", requestID)) }
        details.append(.init("AuditRecord", "\(sequence):\(hash.hexadecimal)"))
        return details
    }
}

extension [UInt8] {
    /// Two lower-case digits a byte.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
