import Foundation
public import NIOCore
public import PostgresKit
public import XDSMetadata

/// The registry's objects in PostgreSQL: one statement per stored query, one transaction per submission.
public struct PostgresRegistryStore: Sendable {
    let client: PostgresClient
    let patientDomain: PatientDomain?
    private let maximumResults: Int
    private let unknownPatients: UnknownPatients
    private let knownAnswers: KnownAnswers?

    /// The store in the database of `client`.
    /// - Parameters:
    ///   - patientDomain: the domain of patient ids, and how they become known; nil takes every known id.
    ///   - maximumResults: objects of one answer at most; a query that finds more is refused.
    ///   - unknownPatients: how a query for an id that is not known is answered.
    ///   - knownAnswers: where answers are kept to be given again; nil: every query is run.
    public init(
        client: PostgresClient, patientDomain: PatientDomain? = nil, maximumResults: Int = 10_000,
        unknownPatients: UnknownPatients = .empty, knownAnswers: KnownAnswers? = nil
    ) {
        self.client = client
        self.patientDomain = patientDomain
        self.maximumResults = maximumResults
        self.unknownPatients = unknownPatients
        self.knownAnswers = knownAnswers
    }

    /// The answer to a query that was found earlier; right if its versions are those of the registry still. `nil` when none is
    /// kept.
    func knownAnswer(
        to query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, for access: AccessScope
    ) -> KnownAnswers.Answer? {
        guard let knownAnswers, query.basis != nil else { return nil }
        return knownAnswers.answer(to: .init(query: query, returnType: returnType, access: access))
    }

    /// What ``knownAnswer(to:returning:for:)`` gave turned out not to be right any more.
    func forget(_ query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, for access: AccessScope) {
        knownAnswers?.forget(.init(query: query, returnType: returnType, access: access))
    }

    /// Runs a stored query for a caller, and keeps the answer if it may be given again.
    /// - Throws: ``SeveralPatients`` for a LeafClass answer that would show more than one patient, ``TooManyResults``,
    ///   ``UnknownPatient``.
    public func run(
        _ query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, for access: AccessScope
    ) async throws -> StoredQueryResult {
        let (versions, result) = try await rows(of: query, returning: returnType, for: access)
        if result.rowCount == 1, result.isNull(row: 0, column: 0), result.isNull(row: 0, column: 1),
            let patient = query.patientId
        {
            throw UnknownPatient(patientId: patient)
        }
        guard result.rowCount <= maximumResults else { throw TooManyResults(limit: maximumResults) }
        let found =
            if result.rowCount > Self.rowsInPlace {
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try answer(to: query, returning: returnType, from: result)
                }
            } else {
                try answer(to: query, returning: returnType, from: result)
            }
        if let knownAnswers, let versions {
            knownAnswers.keep(
                .init(result: found, versions: versions),
                to: .init(query: query, returnType: returnType, access: access))
        }
        return found
    }

    /// Answers of up to so many rows, some 1.5 MB, are put together where the request runs, which may be on an event loop.
    private static let rowsInPlace = 200

    private func answer(
        to query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, from result: PostgresResult
    ) throws -> StoredQueryResult {
        let shown = (0..<result.rowCount).filter { !result.isNull(row: $0, column: 1) }
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
            content: content, shown: shown.count, hidden: result.rowCount - shown.count,
            patientKeys: query.patientId == nil ? try patientKeys(result, rows: shown) : [])
    }

    /// One row more than is allowed tells that there are too many, without reading them all.
    ///
    /// Rows of hidden entries must not turn an answer into an error. So if there are too many with them, which hardly
    /// ever is, the query is run again without.
    ///
    /// The versions the answer rests on are read first, so they are never newer than what was found. `nil`: it is not kept.
    private func rows(
        of query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType, for access: AccessScope
    ) async throws -> (versions: [PatientVersion]?, PostgresResult) {
        func statement(_ hidden: Visibility.Hidden) -> PostgresQuery {
            StoredQueryStatement.make(
                query, returning: returnType, access: access, hidden: hidden, limit: maximumResults + 1,
                unknownPatients: unknownPatients)
        }
        let result: PostgresResult
        var versions: [PatientVersion]?
        if knownAnswers != nil, let basis = query.basis {
            let rows: PostgresResult
            (rows, result) = try await client.query(basis.query, then: statement(.counted))
            versions = try basis.versions(rows)
        } else {
            result = try await client.query(statement(.counted))
        }
        guard result.rowCount > maximumResults, !access.isUnlimited else { return (versions, result) }
        return (versions, try await client.query(statement(.leftOut)))
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
