import FoundationEssentials
import PostgresKit
import XDSMetadata

/// Writes what the validator let through: new rows, and what they do to rows that are there.
extension PostgresRegistryStore {
    /// The statements that write submissions, each of an organisation.
    static func statements(
        for submissions: some Collection<(submission: ValidatedSubmission, organisation: String)>
    ) -> [PostgresQuery] {
        var rows = NewRows()
        var changes: [PostgresQuery] = []
        for (submission, organisation) in submissions {
            rows.add(submission, submittedBy: organisation)
            if !submission.deprecatedDocuments.isEmpty {
                changes.append(deprecation(of: submission.deprecatedDocuments))
            }
            if !submission.updatedFolders.isEmpty {
                changes.append(update(of: submission.updatedFolders, at: submission.registrationTime))
            }
        }
        return rows.insertions + changes
    }

    private static func deprecation(of entries: [UUID]) -> PostgresQuery {
        change(of: .documentEntry, entries, from: .approved, to: .deprecated)
    }

    /// The status is the first attribute of a fragment, so its change is an exchange of the beginning. Objects that have
    /// another status by now are left alone.
    ///
    /// - Parameter superseding: whether they are the latest version no longer.
    static func change(
        of kind: ObjectKind, _ ids: [UUID], from: AvailabilityStatus, to: AvailabilityStatus, superseding: Bool = false
    ) -> PostgresQuery {
        let before = "<\(kind.element) status=\"\(from.rawValue)\""
        let after = "<\(kind.element) status=\"\(to.rawValue)\""
        return """
            update \(unescaped: kind.table) set status = '\(unescaped: to.label)',
                \(unescaped: superseding ? "latest = false," : "")
                fragment = '\(unescaped: after)' || substr(fragment, \(unescaped: String(before.count + 1)))
            where entry_uuid = any(\(ids)) and status = '\(unescaped: from.label)'
            """
    }

    /// lastUpdateTime is a Slot whose value the registry wrote itself, so its form in the fragment is known; a slotType
    /// is left as the sender gave it.
    static func update(of folders: [UUID], at time: DTM) -> PostgresQuery {
        let slot =
            "(<rim:Slot name=\"\(SlotName.lastUpdateTime)\"(?: slotType=\"[^\"]*\")?><rim:ValueList><rim:Value>)[0-9]+"
        return """
            update folder set last_update_time = \(time.lowerBound),
                fragment = regexp_replace(fragment, '\(unescaped: slot)', '\\1' || \(time.text))
            where entry_uuid = any(\(folders))
            """
    }
}
