import Foundation
public import NIOCore
public import PostgresKit
public import XDSMetadata

/// The registry's objects in PostgreSQL: one statement per stored query, one transaction per submission.
public struct PostgresRegistryStore: Sendable {
    let client: PostgresClient
    private let maximumResults: Int
    private let unknownPatients: UnknownPatients

    /// The store in the database of `client`.
    /// - Parameters:
    ///   - maximumResults: objects of one answer at most; a query that finds more is refused.
    ///   - unknownPatients: how a query for an id that is not known is answered.
    public init(client: PostgresClient, maximumResults: Int = 10_000, unknownPatients: UnknownPatients = .empty) {
        self.client = client
        self.maximumResults = maximumResults
        self.unknownPatients = unknownPatients
    }

    /// Runs a stored query.
    /// - Returns: the content of `rim:RegistryObjectList`: finished ebRIM, possibly empty.
    /// - Throws: ``SeveralPatients`` for a LeafClass answer that would show more than one patient, ``TooManyResults``,
    ///   ``UnknownPatient``.
    public func run(_ query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType) async throws -> ByteBuffer
    {
        // One row more than is allowed tells that there are too many, without reading them all.
        let result = try await client.query(
            StoredQueryStatement.make(
                query, returning: returnType, limit: maximumResults + 1, unknownPatients: unknownPatients))
        if result.rowCount == 1, result.isNull(row: 0, column: 1), let patient = query.patientId {
            throw UnknownPatient(patientId: patient)
        }
        guard result.rowCount <= maximumResults else { throw TooManyResults(limit: maximumResults) }
        switch returnType {
        case .objectRef:
            return try AdhocQueryResponse.objectRefs(
                (0..<result.rowCount).map { try result.decode(UUID.self, row: $0, column: 1) })
        case .leafClass:
            if !query.allowsSeveralPatients { try requireSinglePatient(result) }
            return joinedFragments(result)
        }
    }

    /// ITI TF-2: 3.18.4.1.2.3.4: LeafClass answers are about one patient. Associations have none.
    private func requireSinglePatient(_ result: PostgresResult) throws {
        var first: Int64?
        for row in 0..<result.rowCount {
            guard let patient = try result.decode(Int64?.self, row: row, column: 0) else { continue }
            guard patient == first ?? patient else { throw SeveralPatients() }
            first = patient
        }
    }

    /// One copy, from the memory of the result to the memory of the answer.
    private func joinedFragments(_ result: PostgresResult) -> ByteBuffer {
        var size = 0
        for row in 0..<result.rowCount { size += result.withBytes(row: row, column: 1) { $0?.count ?? 0 } }
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        for row in 0..<result.rowCount {
            result.withBytes(row: row, column: 1) { bytes in
                if let bytes { buffer.writeBytes(bytes) }
            }
        }
        return buffer
    }
}

/// A LeafClass answer would show objects of more than one patient.
public struct SeveralPatients: Error, Sendable {
    /// As it is answered.
    var registryError: RegistryError {
        RegistryError(
            .resultNotSinglePatient, "the result holds objects of more than one patient; ask with returnType ObjectRef")
    }
}

/// A query found more objects than one answer may hold.
public struct TooManyResults: Error, Sendable {
    /// Objects allowed.
    public let limit: Int

    /// As it is answered.
    var registryError: RegistryError {
        RegistryError(
            .tooManyResults, "the query finds more than \(limit) objects; narrow it down, by time for example")
    }
}

/// A query is about a patient id that is not known or was merged into another, and the policy is to say so.
public struct UnknownPatient: Error, Sendable {
    /// The id.
    public let patientId: PatientID

    /// As it is answered; the table of codes demands the id.
    var registryError: RegistryError { RegistryError(.unknownPatientId, patientId.cx) }
}
