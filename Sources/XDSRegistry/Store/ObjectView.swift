import XDSMetadata

/// What a statement shows of the objects it finds.
struct ObjectView {
    /// Ids or fragments.
    let returnType: AdhocQueryRequest.ReturnType
    /// Which versions of DocumentEntries and Folders.
    let level: MetadataLevel

    /// A view; SubmissionSets and Associations have one version, whatever the level.
    init(_ returnType: AdhocQueryRequest.ReturnType, _ level: MetadataLevel = .latest) {
        self.returnType = returnType
        self.level = level
    }
}

extension ObjectKind {
    /// The table of the store.
    var table: String {
        switch self {
        case .submissionSet: "submission_set"
        case .documentEntry: "document_entry"
        case .folder: "folder"
        case .association: "association"
        }
    }

    /// The name of a row of the table in every statement.
    fileprivate var alias: String {
        switch self {
        case .submissionSet: "s"
        case .documentEntry: "e"
        case .folder: "f"
        case .association: "a"
        }
    }

    /// The place of the kind in an answer.
    fileprivate var place: Int {
        switch self {
        case .submissionSet: 0
        case .documentEntry: 1
        case .folder: 2
        case .association: 3
        }
    }

    /// Columns that statements need beside those of the answer.
    fileprivate var ends: String {
        self == .association ? ", a.source_object, a.target_object" : ""
    }
}

extension StatementText {
    /// Columns of an answer: what every part of a `union all` has.
    private static let answer = "patient_key, kind, registered_at, entry_uuid, item"

    /// The start of every `select` of objects: the columns of an answer, the table, and what of it a query may see.
    /// Conditions follow, each with ` and` before it. Rows are called `s` (SubmissionSet), `e` (DocumentEntry), `f`
    /// (Folder) and `a` (Association); Associations also have `source_object` and `target_object`.
    ///
    /// No other text of the query path finds objects, so that who may see what, which has to be part of the same
    /// statement, is decided here and nowhere else (``Visibility``).
    mutating func select(_ kind: ObjectKind, _ view: ObjectView) {
        let row = kind.alias
        let column =
            switch view.returnType {
            case .objectRef: "entry_uuid"
            case .leafClass: "fragment"
            }
        let patient = kind == .association ? "null::bigint" : "\(row).patient_key"
        append("select \(patient) as patient_key, \(kind.place) as kind, \(row).registered_at, \(row).entry_uuid")
        append(", ")
        appendItem(kind, row: row, column: column)
        append("\(kind.ends) from \(kind.table) \(row) where ")
        switch (kind, view.level) {
        case (.submissionSet, _), (.association, _): append("true")
        case (_, .latest): append("\(row).latest")
        // Written out, because the indexes by patient are divided into latest and older versions.
        case (_, .all): append("(\(row).latest or not \(row).latest)")
        }
        requireVisible(kind, row: row)
    }

    /// The end of a statement that finds several kinds: all rows of these common table expressions.
    mutating func selectAll(from names: String...) {
        append(names.map { "select \(Self.answer) from \($0)" }.joined(separator: " union all "))
    }
}
