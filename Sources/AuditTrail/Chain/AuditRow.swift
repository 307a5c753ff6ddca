import FoundationEssentials
import Glibc
import PostgresKit

/// An event as the table has it: one property a column, in the order of the columns, with what cannot be stored taken out.
/// A class, because the statement that writes a group goes through its rows once for each column.
final class AuditRow {
    /// The form of rows that this version writes.
    static let format: Int16 = 1

    /// The columns that are hashed, in the order of hashing.
    static let columns = """
        sequence, format, event, action, event_time, outcome, outcome_description, request_id, organisation, peer, address, \
        endpoint, reply_to, person, person_name, person_role, purpose_of_use, patient, submission_set, query_id, query, \
        results, hidden, objects, authorisation, treatment_relation, consent, checks, source, process
        """
    /// How many there are; the hash comes after them.
    static let columnCount = 30

    /// Bytes of queries and objects in one page, beside the last row.
    static let pageBytes: Int64 = 16 * 1_048_576

    /// The rows behind `after` in their order, with the hash: so many at most, and fewer where they are large.
    static func page(
        after: Int64, to last: Int64 = .max, rows: Int64, bytes: Int64 = pageBytes
    ) -> PostgresQuery {
        """
        select \(unescaped: columns), hash from audit_event
        where sequence > \(after) and sequence <= (
            select max(sequence) from (
                select sequence, sum(size) over (order by sequence) - size as before from (
                    select sequence, coalesce(octet_length(query), 0) + coalesce(octet_length(objects), 0) as size
                    from audit_event where sequence > \(after) and sequence <= \(last)
                    order by sequence limit \(rows)) row_size) running
            where before < \(bytes))
        order by sequence
        """
    }

    let sequence: Int64
    let event: AuditEvent
    let source: AuditSource
    let objects: String?
    let hash: [UInt8]

    /// The row of an event that follows `previous`.
    init(_ event: AuditEvent, after previous: ChainHead, source: AuditSource, bytes: inout CanonicalBytes) throws {
        sequence = previous.sequence + 1
        self.event = event.storable
        self.source = source
        objects = try AuditObject.stored(self.event.objects)
        bytes.begin(after: previous.hash)
        Self.append(self.event, number: sequence, source: source, objects: objects, to: &bytes)
        hash = bytes.hash
    }

    /// In the order of ``columns``.
    private static func append(
        _ event: AuditEvent, number: Int64, source: AuditSource, objects: String?, to bytes: inout CanonicalBytes
    ) {
        bytes.append(number)
        bytes.append(format)
        bytes.append(event.kind.rawValue)
        bytes.append(event.action.rawValue)
        bytes.append(AuditTime.microseconds(event.time))
        bytes.append(event.outcome.rawValue)
        bytes.append(event.outcomeDescription)
        bytes.append(event.requestID)
        bytes.append(event.organisation)
        bytes.append(event.peer)
        bytes.append(event.address)
        bytes.append(event.endpoint)
        bytes.append(event.replyTo)
        bytes.append(event.person?.id)
        bytes.append(event.person?.name)
        bytes.append(event.person?.role)
        bytes.append(event.person?.purposeOfUse)
        bytes.append(event.patient)
        bytes.append(event.submissionSet)
        bytes.append(event.query?.id)
        bytes.append(event.query?.content)
        bytes.append(event.query?.results)
        bytes.append(event.query?.hidden)
        bytes.append(objects)
        bytes.append(event.grounds.authorisation)
        bytes.append(event.grounds.treatmentRelation)
        bytes.append(event.grounds.consent)
        bytes.append(event.grounds.checks)
        bytes.append(source.node)
        bytes.append(source.process)
    }
}

extension AuditEvent {
    /// Bytes of one text at most. An index takes no more than 2,700, and what a peer sends in the place of an id may be anything.
    fileprivate static let textLimit = 1_024
    /// Objects of one row at most.
    static let objectLimit = 500
    /// Bytes of a query at most.
    static let contentLimit = 1_048_576

    /// The event with texts that PostgreSQL can store.
    fileprivate var storable: AuditEvent {
        var event = self
        event.time = AuditTime.storable(time)
        event.outcomeDescription.makeStorable()
        event.requestID.makeStorable()
        event.organisation.makeStorable()
        event.peer.makeStorable()
        event.address.makeStorable()
        event.endpoint.makeStorable()
        event.replyTo.makeStorable()
        event.patient.makeStorable()
        event.submissionSet.makeStorable()
        if var person {
            person.id = person.id.storable(limit: Self.textLimit)
            person.name.makeStorable()
            person.role.makeStorable()
            person.purposeOfUse.makeStorable()
            event.person = person
        }
        if var query {
            query.id = query.id.storable(limit: Self.textLimit)
            if query.content.count > Self.contentLimit {
                query.content = Array(query.content.prefix(Self.contentLimit))
            }
            event.query = query
        }
        event.objects = objects.map(\.storable)
        return event
    }

    /// The event in pieces that a row each can hold: each has its share of the objects. The query is in the first.
    var pieces: [AuditEvent] {
        guard objects.count > Self.objectLimit else { return [self] }
        return stride(from: 0, to: objects.count, by: Self.objectLimit).map { start in
            var event = self
            event.objects = Array(objects[start..<min(start + Self.objectLimit, objects.count)])
            if start > 0 { event.query?.content = [] }
            return event
        }
    }

    /// Bytes of what it carries, about.
    var size: Int {
        objects.reduce(1_024 + (query?.content.count ?? 0)) { size, object in
            object.details.reduce(size + 64 + object.id.utf8.count) {
                $0 + 32 + $1.type.utf8.count + $1.value.utf8.count
            }
        }
    }
}

extension AuditObject {
    /// The object with texts that are cut, so that its JSON never has to be.
    fileprivate var storable: AuditObject {
        let limit = AuditEvent.textLimit
        return AuditObject(
            kind, id: id.storable(limit: limit), lifeCycle: lifeCycle,
            details: details.map { Detail($0.type.storable(limit: limit), $0.value.storable(limit: limit)) })
    }
}

extension String? {
    /// Cuts what is too long for a column, and takes out what cannot be stored.
    fileprivate mutating func makeStorable() {
        if let text = self, !text.isStorable(limit: AuditEvent.textLimit) {
            self = text.storable(limit: AuditEvent.textLimit)
        }
    }
}

extension String {
    /// Whether it needs no change.
    fileprivate func isStorable(limit: Int) -> Bool {
        guard utf8.count <= limit else { return false }
        let isFound = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        }
        return !(isFound ?? utf8.contains(0))
    }

    /// Without U+0000, and cut at a character so that it has no more bytes than `limit`.
    fileprivate func storable(limit: Int) -> String {
        guard !isStorable(limit: limit) else { return self }
        let text = String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0 }))
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}
