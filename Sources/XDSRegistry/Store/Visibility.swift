import XDSMetadata

/// Who sees what, in a statement of the query path (ADR 0011).
struct Visibility {
    /// What becomes of DocumentEntries, SubmissionSets and Folders that the caller may not see. Associations are left out always:
    /// how many of them there are tells nothing of what the patient has.
    enum Hidden {
        /// They give a row without an item, so that their number is known.
        case counted
        /// They give no row.
        case leftOut
    }

    let entries: VisibleEntries
    /// Whose consent is asked for entries and packages; that of an Association's ends is each end's own.
    let patients: VisibleEntries.Patients
    let hidden: Hidden

    /// - Parameter patient: the one patient the query is about, if it is.
    init(_ scope: AccessScope, patient: PatientID?, hidden: Hidden) {
        entries = VisibleEntries(scope)
        patients = patient.map { .one($0) } ?? .ofRow
        self.hidden = hidden
    }
}

extension StatementText {
    /// The id or fragment of a row; of an object that is hidden and counted, null.
    mutating func appendItem(_ kind: ObjectKind, row: String, column: String) {
        guard kind != .association, visibility.hidden == .counted, mayBeHidden(kind) else {
            return append("\(row).\(column) as item")
        }
        append("case when ")
        appendIsVisible(kind, row)
        append(" then \(row).\(column) end as item")
    }

    /// Packages follow the patient's consent alone.
    private func mayBeHidden(_ kind: ObjectKind) -> Bool {
        switch kind {
        case .documentEntry, .association: !visibility.entries.isEverything
        case .submissionSet, .folder: visibility.entries.asksConsent
        }
    }

    /// The condition on a row, with ` and` before it: objects that are hidden are not found.
    mutating func requireVisible(_ kind: ObjectKind, row: String) {
        guard mayBeHidden(kind) else { return }
        guard kind != .association else { return requireVisibleEnds(row) }
        guard visibility.hidden == .leftOut else { return }
        append(" and ")
        appendIsVisible(kind, row)
    }

    /// The condition on a row of any kind but Association.
    private mutating func appendIsVisible(_ kind: ObjectKind, _ row: String) {
        let (entries, patients) = (visibility.entries, visibility.patients)
        guard kind != .documentEntry else {
            return append { entries.append(to: &$0, entry: row, patients: patients) }
        }
        let submitter = kind == .folder ? Self.folderSubmitter(row) : "\(row).submitted_by"
        append {
            entries.appendPackage(
                to: &$0, patientKey: "\(row).patient_key", submitter: submitter, patients: patients)
        }
    }

    /// An Association is as hidden as what it touches.
    private mutating func requireVisibleEnds(_ row: String) {
        let entries = visibility.entries
        let ends = "in (\(row).source_object, \(row).target_object)"
        append(" and not exists (select from document_entry h where h.entry_uuid \(ends) and not ")
        append { entries.append(to: &$0, entry: "h", patients: .ofRow) }
        append(")")
        guard entries.asksConsent else { return }
        for (table, submitter) in [("submission_set", "h.submitted_by"), ("folder", Self.folderSubmitter("h"))] {
            append(" and not exists (select from \(table) h where h.entry_uuid \(ends) and not ")
            append {
                entries.appendPackage(to: &$0, patientKey: "h.patient_key", submitter: submitter, patients: .ofRow)
            }
            append(")")
        }
    }

    /// A Folder is whose submission it came with.
    private static func folderSubmitter(_ row: String) -> String {
        "(select o.submitted_by from submission_set o where o.entry_uuid = \(row).submission_set)"
    }
}
