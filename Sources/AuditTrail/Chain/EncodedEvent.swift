import Glibc
import XDSMetadata

/// An event in the form in which it is hashed and stored: everything but its place in the chain. Made by who hands it in, so that
/// the one who writes for all only has to link it.
///
/// What cannot be stored is taken out: U+0000, and what is too long for a column.
final class EncodedEvent: Sendable {
    /// The columns behind the first, each as PostgreSQL sends it in binary form, with its length in front (-1 for NULL).
    let bytes: [UInt8]
    /// Where each of them ends.
    private let ends: [Int32]

    private init(_ event: AuditEvent, from source: AuditSource) throws {
        let objects = try AuditObject.stored(event.objects.map(\.storable))
        let query = event.query
        var columns = Columns(capacity: 1_024 + (query?.content.count ?? 0) + (objects?.utf8.count ?? 0))
        columns.append(AuditRow.format)
        columns.append(whole: event.kind.rawValue)
        columns.append(whole: event.action.rawValue)
        columns.append(AuditTime.microseconds(event.time))
        columns.append(event.outcome.rawValue)
        columns.append(event.outcomeDescription)
        columns.append(event.requestID)
        columns.append(event.organisation)
        columns.append(event.peer)
        columns.append(event.address)
        columns.append(event.endpoint)
        columns.append(event.replyTo)
        columns.append(event.person?.id)
        columns.append(event.person?.name)
        columns.append(event.person?.role)
        columns.append(event.person?.purposeOfUse)
        columns.append(event.patient)
        columns.append(event.submissionSet)
        columns.append(query?.id)
        columns.append(query.map { $0.content.prefix(AuditEvent.contentLimit) })
        columns.append(query?.results)
        columns.append(query?.hidden)
        columns.append(whole: objects)
        columns.append(whole: event.grounds.authorisation)
        columns.append(whole: event.grounds.treatmentRelation)
        columns.append(whole: event.grounds.consent)
        columns.append(whole: event.grounds.checks)
        columns.append(whole: source.node)
        columns.append(source.process)
        bytes = columns.bytes.bytes
        ends = columns.ends
    }

    /// Events of a writer, those with more objects than one row holds in pieces.
    /// - Throws: when objects cannot be written as JSON.
    static func make(_ events: [AuditEvent], from source: AuditSource) throws -> [EncodedEvent] {
        var encoded: [EncodedEvent] = []
        encoded.reserveCapacity(events.count)
        for event in events {
            for piece in event.pieces { encoded.append(try EncodedEvent(piece, from: source)) }
        }
        return encoded
    }

    /// Lends a column of ``AuditColumn/all`` but the first, with its length in front.
    func withColumn<R>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let start = position > 1 ? Int(ends[position - 2]) : 0
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<Int(ends[position - 1])])) }
    }

    /// Whether a column is NULL.
    func isNull(_ position: Int) -> Bool {
        withColumn(position) { $0.count == 4 && $0[0] == 0xFF }
    }

    /// Whether a column has the same bytes in another event. To Swift, texts are equal that have accents in one character or in
    /// two; their hashes are not.
    func hasEqualColumn(_ position: Int, in other: EncodedEvent) -> Bool {
        withColumn(position) { one in
            other.withColumn(position) { other in
                guard one.count == other.count, let bytes = one.baseAddress, let otherBytes = other.baseAddress else {
                    return false
                }
                return memcmp(bytes, otherBytes, one.count) == 0
            }
        }
    }
}

/// Columns one after the other, and where each ends.
private struct Columns {
    private(set) var bytes: CanonicalBytes
    private(set) var ends: [Int32] = []

    init(capacity: Int) {
        bytes = CanonicalBytes(capacity: capacity)
        ends.reserveCapacity(AuditColumn.all.count)
    }

    mutating func append<I: FixedWidthInteger>(_ integer: I) {
        bytes.append(integer)
        end()
    }

    mutating func append(_ integer: Int32?) {
        bytes.append(integer)
        end()
    }

    /// A text of somebody else's.
    mutating func append(_ text: String?) {
        bytes.append(text?.storable)
        end()
    }

    /// A text of our own, of any length.
    mutating func append(whole text: String?) {
        bytes.append(text)
        end()
    }

    mutating func append(_ content: ArraySlice<UInt8>?) {
        bytes.append(content)
        end()
    }

    private mutating func end() {
        ends.append(Int32(truncatingIfNeeded: bytes.bytes.count))
    }
}

extension AuditEvent {
    /// Bytes of one text at most. An index takes no more than 2,700, and what a peer sends in the place of an id may be anything.
    fileprivate static let textLimit = 1_024
    /// Objects of one row at most.
    fileprivate static let objectLimit = 500
    /// Bytes of a query at most.
    fileprivate static let contentLimit = 1_048_576

    /// The event in pieces that a row each can hold: each has its share of the objects. The query is in the first.
    fileprivate var pieces: [AuditEvent] {
        guard objects.count > Self.objectLimit else { return [self] }
        return stride(from: 0, to: objects.count, by: Self.objectLimit).map { start in
            var event = self
            event.objects = Array(objects[start..<min(start + Self.objectLimit, objects.count)])
            if start > 0 { event.query?.content = [] }
            return event
        }
    }
}

extension AuditObject {
    /// The object with texts that are cut, so that its JSON never has to be.
    fileprivate var storable: AuditObject {
        AuditObject(
            kind, id: id.storable, lifeCycle: lifeCycle,
            details: details.map { Detail($0.type.storable, $0.value.storable) })
    }
}

extension String {
    /// Without U+0000, and cut at a character so that it has no more bytes than a column takes.
    fileprivate var storable: String {
        let limit = AuditEvent.textLimit
        guard !isStorable(limit: limit) else { return self }
        let text = String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0 }))
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    private func isStorable(limit: Int) -> Bool {
        guard utf8.count <= limit else { return false }
        let isFound = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        }
        return !(isFound ?? utf8.contains(0))
    }
}
