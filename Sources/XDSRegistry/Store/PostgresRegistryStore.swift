import Foundation
public import NIOCore
public import PostgresKit
public import XDSMetadata

/// The registry's objects in PostgreSQL: one statement per stored query, one transaction per submission.
public struct PostgresRegistryStore: Sendable {
    let client: PostgresClient
    private let maximumResults: Int

    /// The store in the database of `client`.
    /// - Parameter maximumResults: objects of one answer at most; a query that finds more is refused.
    public init(client: PostgresClient, maximumResults: Int = 10_000) {
        self.client = client
        self.maximumResults = maximumResults
    }

    /// Runs a stored query.
    /// - Returns: the content of `rim:RegistryObjectList`: finished ebRIM, possibly empty.
    /// - Throws: ``SeveralPatients`` for a LeafClass answer that would show more than one patient, ``TooManyResults``.
    public func run(_ query: StoredQuery, returning returnType: AdhocQueryRequest.ReturnType) async throws -> ByteBuffer
    {
        // One row more than is allowed tells that there are too many, without reading them all.
        let result = try await client.query(
            StoredQueryStatement.make(query, returning: returnType, limit: maximumResults + 1))
        guard result.rowCount <= maximumResults else { throw TooManyResults(limit: maximumResults) }
        switch returnType {
        case .objectRef:
            return try AdhocQueryResponse.objectRefs(
                (0..<result.rowCount).map { try result.decode(UUID.self, row: $0, column: 1) })
        case .leafClass:
            try requireSinglePatient(result)
            return joinedFragments(result)
        }
    }

    /// ITI TF-2: 3.18.4.1.2.3.4: LeafClass answers are about one patient.
    private func requireSinglePatient(_ result: PostgresResult) throws {
        guard result.rowCount > 1 else { return }
        let first = try result.decode(Int64.self, row: 0, column: 0)
        for row in 1..<result.rowCount where try result.decode(Int64.self, row: row, column: 0) != first {
            throw SeveralPatients()
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
