import FoundationEssentials
import PostgresKit
import XDSMetadata

extension PostgresRegistryStore {
    /// Updates metadata, all that is asked for or nothing: looks up what the rules need, applies them, writes, commits.
    ///
    /// One transaction under locks on everything the rules saw: of two updates of one version exactly one wins, the
    /// other finds a later version.
    func update(
        _ update: UnverifiedUpdate, by validator: UpdateValidator, findings: [RegistryError], caller: Caller
    ) async throws -> RegistryResponse {
        let needs = UpdateNeeds(update)
        return try await answering {
            try await client.withTransaction { transaction in
                let state = try await updateState(for: needs, in: transaction)
                let now = DTM(secondsSinceEpoch: Int64(Date.now.timeIntervalSince1970))
                let validated = try validator.validate(
                    update, against: state, at: now, mayChange: caller.mayChange, findings: findings)
                try await write(validated, submittedBy: caller.organisation, in: transaction)
                return validated.warnings
            }
        }
    }

    private func write(
        _ update: ValidatedUpdate, submittedBy organisation: String, in transaction: PostgresTransaction
    ) async throws {
        // An id that is no UUID would be null here, and the database refuses it; nothing is left out silently.
        let set = update.submissionSet.object.entryUUID.uuid
        var statements = [Self.insertion(of: update.submissionSet, by: organisation)]
        statements += Self.changes(update.changes)
        statements += zip(update.documentEntries, update.owners).map {
            Self.insertion(of: $0, in: set, by: $1 ?? organisation)
        }
        statements += update.folders.map { Self.insertion(of: $0, in: set) }
        statements += update.associations.map { Self.insertion(of: $0, in: set) }
        if !update.gainingFolders.isEmpty {
            statements.append(Self.update(of: update.gainingFolders, at: update.updateTime))
        }
        try await transaction.executeAndCommit(statements)
    }

    /// One statement for the objects that change alike.
    private static func changes(_ changes: [ValidatedUpdate.Change]) -> [PostgresQuery] {
        var statements: [PostgresQuery] = []
        for kind in ObjectKind.allCases {
            for (from, to) in [
                (AvailabilityStatus.approved, AvailabilityStatus.deprecated), (.deprecated, .approved),
                (.deprecated, .deprecated),
            ] {
                for isSuperseded in [true, false] {
                    let ids = changes.filter {
                        $0.kind == kind && $0.from == from && $0.to == to && $0.isSuperseded == isSuperseded
                    }.map(\.id)
                    if ids.isEmpty { continue }
                    statements.append(change(of: kind, ids, from: from, to: to, superseding: isSuperseded))
                }
            }
        }
        return statements
    }
}
