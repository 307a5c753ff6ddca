import PostgresKit

extension StoredDocumentCatalogue {
    /// What became of the documents of a removal.
    struct Removal: Sendable {
        /// uniqueIds that are here no longer.
        var removed: Set<String> = []
        /// uniqueIds of documents that others stored.
        var refused: Set<String> = []
        /// Bytes that may be needed by no document any more, each once.
        var addresses: Set<ContentAddress> = []
    }

    /// Removes documents: from the commit on nobody sees them. Their bytes are the business of the caller.
    ///
    /// - Parameter mayRemove: whether the caller may remove what an organisation stored.
    func remove(_ uniqueIDs: [String], mayRemove: @Sendable (String) -> Bool) async throws -> Removal {
        try await client.withTransaction { transaction in
            var removal = Removal()
            let rows = try await transaction.query(
                """
                select unique_id, sha256, stored_by from stored_document
                where repository_unique_id = \(repositoryUniqueID) and unique_id = any(\(uniqueIDs))
                order by unique_id for update
                """)
            for row in rows {
                let uniqueID = try row.decode(String.self, column: 0)
                guard mayRemove(try row.decode(String?.self, column: 2) ?? "") else {
                    removal.refused.insert(uniqueID)
                    continue
                }
                removal.removed.insert(uniqueID)
                removal.addresses.insert(ContentAddress(sha256: try row.decode([UInt8].self, column: 1)))
            }
            guard !removal.removed.isEmpty else { return removal }
            try await transaction.executeAndCommit([
                """
                delete from stored_document
                where repository_unique_id = \(repositoryUniqueID) and unique_id = any(\(removal.removed.sorted()))
                """
            ])
            return removal
        }
    }
}
