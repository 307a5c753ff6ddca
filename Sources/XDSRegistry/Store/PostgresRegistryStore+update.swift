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
                let now = DTM.now
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
        var rows = NewRows()
        rows.add(update.submissionSet, submittedBy: organisation)
        for (entry, owner) in zip(update.documentEntries, update.owners) {
            rows.add(entry, in: set, submittedBy: owner ?? organisation)
        }
        for folder in update.folders { rows.add(folder, in: set) }
        for association in update.associations { rows.add(association, in: set) }
        var statements = Self.changes(update.changes) + rows.insertions
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
