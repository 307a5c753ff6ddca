import Foundation
public import NIOCore
public import PostgresKit
public import XDSMetadata

/// The registry's objects in PostgreSQL: one statement per stored query, one transaction per submission, or for several.
public struct PostgresRegistryStore: Sendable {
    let client: PostgresClient
    let patientDomain: PatientDomain?
    private let maximumResults: Int
    private let unknownPatients: UnknownPatients
    /// Answers that were found, to be given again; nil: every query is run.
    let knownAnswers: KnownAnswers?
    let registrations: CommitDurability
    /// Registrations that share a transaction.
    let registrationGroups: RegistrationGroups

    /// The store in the database of `client`.
    /// - Parameters:
    ///   - patientDomain: the domain of patient ids, and how they become known; nil takes every known id.
    ///   - maximumResults: objects of one answer at most; a query that finds more is refused.
    ///   - unknownPatients: how a query for an id that is not known is answered.
    ///   - knownAnswers: where answers are kept to be given again; nil: every query is run.
    ///   - registrations: when they are on disk. `withNextCommit` only where nobody is told of a registration before an event with its
    ///     ``EventPremise`` was recorded (ADR 0017).
    ///   - registrationGroups: registrations that share a transaction (ADR 0018).
    public init(
        client: PostgresClient, patientDomain: PatientDomain? = nil, maximumResults: Int = 10_000,
        unknownPatients: UnknownPatients = .empty, knownAnswers: KnownAnswers? = nil,
        registrations: CommitDurability = .immediate,
        registrationGroups: RegistrationGroups = RegistrationGroups(groupsAtOnce: 2)
    ) {
        self.client = client
        self.patientDomain = patientDomain
        self.maximumResults = maximumResults
        self.unknownPatients = unknownPatients
        self.knownAnswers = knownAnswers
        self.registrations = registrations
        self.registrationGroups = registrationGroups
    }

    /// Runs a stored query for a caller.
    /// - Parameter question: under which the answer is kept, if it may be given again; nil: it is not.
    /// - Throws: ``SeveralPatients`` for a LeafClass answer that would show more than one patient, ``TooManyResults``,
    ///   ``UnknownPatient``.
    func run(
        _ query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, for access: AccessScope,
        keepingFor question: KnownAnswers.Question? = nil, deviations: Set<Deviation> = []
    ) async throws -> StoredQueryResult {
        let rows = try await rows(of: query, returning: returnType, for: access, isKept: question != nil)
        if let only = rows.objects.first, rows.objects.count == 1, let patient = query.patientId,
            rows.result.isNull(row: only, column: 0), rows.result.isNull(row: only, column: 1)
        {
            throw UnknownPatient(patientId: patient)
        }
        guard rows.objects.count <= maximumResults else { throw TooManyResults(limit: maximumResults) }
        let found =
            if rows.objects.count > Self.rowsInPlace {
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try answer(to: query, returning: returnType, from: rows)
                }
            } else {
                try answer(to: query, returning: returnType, from: rows)
            }
        if let question, let versions = rows.versions {
            knownAnswers?.keep(.init(result: found, deviations: deviations, versions: versions), to: question)
        }
        return found
    }

    /// Answers of up to so many rows, some 1.5 MB, are put together where the request runs, which may be on an event loop.
    private static let rowsInPlace = 200

    private func answer(
        to query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, from rows: StoredQueryRows
    ) throws -> StoredQueryResult {
        let result = rows.result
        let shown = rows.objects.filter { !result.isNull(row: $0, column: 1) }
        let content: [ByteBuffer]
        switch returnType {
        case .objectRef:
            content = [
                try AdhocQueryResponse.objectRefs(shown.map { try result.decode(UUID.self, row: $0, column: 1) })
            ]
        case .leafClass:
            if !query.allowsSeveralPatients { try requireSinglePatient(result, rows: shown) }
            content = joinedFragments(result)
        }
        return StoredQueryResult(
            content: content, shown: shown.count, hidden: rows.objects.count - shown.count,
            patientKeys: query.patientId == nil ? try patientKeys(result, rows: shown) : [])
    }

    /// One row more than is allowed tells that there are too many, without reading them all.
    ///
    /// Rows of hidden entries must not turn an answer into an error. So if there are too many with them, which hardly
    /// ever is, the query is run again without.
    private func rows(
        of query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, for access: AccessScope, isKept: Bool
    ) async throws -> StoredQueryRows {
        let basis = isKept ? query.basis : nil
        func statement(_ hidden: Visibility.Hidden) -> PostgresQuery {
            StoredQueryStatement.make(
                query, returning: returnType, access: access, hidden: hidden, limit: maximumResults + 1,
                unknownPatients: unknownPatients, basis: hidden == .counted ? basis : nil)
        }
        let result = try await client.query(statement(.counted))
        let rows = try basis.map { try StoredQueryRows(result, basis: $0) } ?? StoredQueryRows(result)
        guard rows.objects.count > maximumResults, !access.isUnlimited else { return rows }
        return StoredQueryRows(try await client.query(statement(.leftOut)))
    }

    /// ITI TF-2: 3.18.4.1.2.3.4: LeafClass answers are about one patient. Associations have none.
    private func requireSinglePatient(_ result: PostgresResult, rows: [Int]) throws {
        var first: Int64?
        for row in rows {
            guard let patient = try result.decode(Int64?.self, row: row, column: 0) else { continue }
            guard patient == first ?? patient else { throw SeveralPatients() }
            first = patient
        }
    }

    /// Whose objects are shown; Associations have no patient.
    private func patientKeys(_ result: PostgresResult, rows: [Int]) throws -> [Int64] {
        var keys: [Int64] = []
        var known: Set<Int64> = []
        for row in rows {
            guard let key = try result.decode(Int64?.self, row: row, column: 0), key != keys.last else { continue }
            if known.insert(key).inserted { keys.append(key) }
        }
        return keys
    }

    /// One copy, from the memory of the result to that of the answer, which may be kept: a buffer takes a power of two, so one
    /// alone would take up to twice what is in it.
    private func joinedFragments(_ result: PostgresResult) -> [ByteBuffer] {
        var size = 0
        for row in 0..<result.rowCount { size += result.withBytes(row: row, column: 1) { $0?.count ?? 0 } }
        var pieces: [ByteBuffer] = []
        var room = 0
        for row in 0..<result.rowCount {
            result.withBytes(row: row, column: 1) { bytes in
                guard var bytes = bytes.map({ $0[...] }) else { return }
                while !bytes.isEmpty {
                    if room == 0 {
                        room = min(Self.pieceBytes, size)
                        pieces.append(ByteBufferAllocator().buffer(capacity: room))
                    }
                    let part = bytes.prefix(room)
                    pieces[pieces.count - 1].writeBytes(UnsafeRawBufferPointer(rebasing: part))
                    bytes = bytes.dropFirst(part.count)
                    room -= part.count
                    size -= part.count
                }
            }
        }
        return pieces
    }

    private static let pieceBytes = 32 * 1024
}

/// What a stored query found for a caller.
public struct StoredQueryResult: Sendable {
    /// The content of `rim:RegistryObjectList`: finished ebRIM in pieces that end anywhere, possibly empty.
    public let content: [ByteBuffer]
    /// How many objects it holds.
    public let shown: Int
    /// How many DocumentEntries, SubmissionSets and Folders the caller may not see: for the audit, never for the answer.
    public let hidden: Int
    /// `patient_key` of the patients it is about, where the query does not name the patient.
    public let patientKeys: [Int64]
}

/// A LeafClass answer would show objects of more than one patient.
public struct SeveralPatients: Error, Sendable {
    /// As it is answered.
    var registryError: RegistryError {
        RegistryError(
            .resultNotSinglePatient, "the result holds objects of more than one patient; ask with returnType ObjectRef",
            location: ErrorSubject.query)
    }
}

/// A query found more objects than one answer may hold.
public struct TooManyResults: Error, Sendable {
    /// Objects allowed.
    public let limit: Int

    /// As it is answered.
    var registryError: RegistryError {
        RegistryError(
            .tooManyResults, "the query finds more than \(limit) objects; narrow it down, by time for example",
            location: ErrorSubject.query)
    }
}

/// A query is about a patient id that is not known or was merged into another, and the policy is to say so.
public struct UnknownPatient: Error, Sendable {
    /// The id.
    public let patientId: PatientID

    /// As it is answered; the table of codes demands the id.
    var registryError: RegistryError { RegistryError(.unknownPatientId, patientId.cx, location: ErrorSubject.query) }
}
