import PostgresKit
import XDSMetadata

/// Which bytes a uniqueId of this repository stands for.
struct StoredDocumentCatalogue: Sendable {
    /// One stored document.
    struct Entry: Sendable {
        let uniqueID: String
        let address: ContentAddress
        let size: Int
        let mimeType: String
    }

    /// A document to be stored: its staged bytes with what the metadata says of it.
    struct NewEntry: Sendable {
        let uniqueID: String
        let mimeType: String
        let blob: StagedBlob
    }

    /// What became of the documents that were asked for; of those that do not exist there is nothing.
    struct Selection: Sendable {
        /// Those that may be seen, by uniqueId.
        var entries: [String: Entry] = [:]
        /// uniqueIds of those that are there and may not be seen: for the audit trail, never for an answer.
        var hidden: Set<String> = []
    }

    let client: PostgresClient
    let repositoryUniqueID: String
    let entryIsVisible: DocumentRepository.EntryIsVisible

    /// The documents that are there, of those asked for: to be given out, or hidden from this caller.
    func select(_ uniqueIDs: [String], for access: AccessScope) async throws -> Selection {
        let rows = try await client.query(statement(for: uniqueIDs, access))
        var selection = Selection()
        for row in rows {
            let uniqueID = try row.decode(String.self, column: 0)
            guard try row.decode(Bool.self, column: 4) else {
                selection.hidden.insert(uniqueID)
                continue
            }
            selection.entries[uniqueID] = try Entry(
                uniqueID: uniqueID, address: ContentAddress(sha256: row.decode([UInt8].self, column: 1)),
                size: row.decode(Int.self, column: 2), mimeType: row.decode(String.self, column: 3))
        }
        return selection
    }

    private func statement(for uniqueIDs: [String], _ access: AccessScope) -> PostgresQuery {
        var text = PostgresQuery.StringInterpolation(literalCapacity: 768, interpolationCount: 8)
        text.appendLiteral("select d.unique_id, d.sha256, d.size, d.mime_type, ")
        appendIsVisible(access, to: &text)
        text.appendLiteral(" from stored_document d where d.repository_unique_id = ")
        text.appendInterpolation(repositoryUniqueID)
        text.appendLiteral(" and d.unique_id = any(")
        text.appendInterpolation(uniqueIDs)
        text.appendLiteral(")")
        return PostgresQuery(stringInterpolation: text)
    }

    /// A document is seen by who gave its bytes, and by who sees a DocumentEntry of somebody who did: metadata that was
    /// registered by knowing the uniqueId alone opens nothing.
    private func appendIsVisible(_ access: AccessScope, to text: inout PostgresQuery.StringInterpolation) {
        guard !access.isUnlimited else { return text.appendLiteral("true") }
        text.appendLiteral(
            """
            exists (select from stored_document_provider p where p.repository_unique_id = d.repository_unique_id
                and p.unique_id = d.unique_id and (p.organisation = 
            """)
        text.appendInterpolation(access.organisation)
        text.appendLiteral(
            """
             or exists (select from document_entry e where e.unique_id = d.unique_id
                and e.repository_unique_id = d.repository_unique_id and e.submitted_by = p.organisation and e.latest and 
            """)
        entryIsVisible(access, "e", &text)
        text.appendLiteral(")))")
    }

    /// Writes new documents inside the transaction of their submission.
    ///
    /// The shared locks keep the sweep away from the bytes until the commit. A uniqueId that is there with the same
    /// bytes is no error; with others it is (ITI TF-3: 4.2.4.1, XDSNonIdenticalHash and XDSNonIdenticalSize).
    /// - Parameter organisation: who stores them; it may remove them again (ITI-86).
    func add(
        _ documents: [NewEntry], storedBy organisation: String, in transaction: PostgresTransaction
    ) async throws -> [RegistryError] {
        let results = try await transaction.execute([
            "select pg_advisory_xact_lock_shared(key) from unnest(\(documents.map(\.blob.address.lockKey))) as lock (key)",
            insertion(of: documents, by: organisation),
            providers(of: documents, organisation),
            """
            select unique_id, sha256, size from stored_document
            where repository_unique_id = \(repositoryUniqueID) and unique_id = any(\(documents.map(\.uniqueID)))
            """,
        ])
        var errors: [RegistryError] = []
        let byID = Dictionary(documents.map { ($0.uniqueID, $0.blob) }, uniquingKeysWith: { first, _ in first })
        for row in results[3] {
            let uniqueID = try row.decode(String.self, column: 0)
            guard let blob = byID[uniqueID] else { continue }
            if try row.decode([UInt8].self, column: 1) != blob.address.sha256 {
                errors.append(
                    RegistryError(.nonIdenticalHash, "document \(uniqueID) is stored already with another hash")
                        .found(by: .repository))
            }
            if try row.decode(Int.self, column: 2) != blob.size {
                errors.append(
                    RegistryError(.nonIdenticalSize, "document \(uniqueID) is stored already with another size")
                        .found(by: .repository))
            }
        }
        return errors
    }

    private func providers(of documents: [NewEntry], _ organisation: String) -> PostgresQuery {
        """
        insert into stored_document_provider (repository_unique_id, unique_id, organisation)
        select \(repositoryUniqueID), unique_id, \(organisation) from unnest(\(documents.map(\.uniqueID))) as document (unique_id)
        on conflict do nothing
        """
    }

    /// A row that is there is written again as it is: that locks it, so that no removal (ITI-86) takes it away before the
    /// commit.
    private func insertion(of documents: [NewEntry], by organisation: String) -> PostgresQuery {
        """
        insert into stored_document (repository_unique_id, unique_id, sha256, sha1, size, mime_type, stored_by)
        select \(repositoryUniqueID), unique_id, sha256, sha1, size, mime_type, \(organisation)
        from unnest(\(documents.map(\.uniqueID)), \(documents.map(\.blob.address.sha256)), \(documents.map(\.blob.sha1)),
                    \(documents.map { Int64($0.blob.size) }), \(documents.map(\.mimeType)))
            as document (unique_id, sha256, sha1, size, mime_type)
        order by unique_id
        on conflict (repository_unique_id, unique_id) do update set unique_id = excluded.unique_id
        """
    }
}
