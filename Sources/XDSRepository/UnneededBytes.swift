import PostgresKit

/// Removes placed bytes that no document needs.
///
/// A submission takes the shared lock of an address in its transaction before it looks whether its bytes are there;
/// this takes the exclusive one, so the file goes before that look, or the commit is seen here and it stays.
struct UnneededBytes: Sendable {
    let client: PostgresClient
    let store: FileBlobStore

    /// Removes one file unless a document needs it, perhaps one of a submission that was committing meanwhile.
    func removeUnneeded(_ address: ContentAddress) async throws -> Bool {
        try await client.withTransaction { transaction in
            _ = try await transaction.query("select pg_advisory_xact_lock(\(address.lockKey))")
            let needed = try await transaction.query(
                "select exists (select from stored_document where sha256 = \(address.sha256))"
            ).decode(Bool.self, row: 0, column: 0)
            if !needed { try await store.remove(address) }
            return !needed
        }
    }
}
