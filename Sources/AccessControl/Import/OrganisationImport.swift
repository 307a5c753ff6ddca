/// The first load of a region: a file of organisations, checked as a whole before anything of it is written.
///
/// An empty cell leaves what an organisation that is there already has, and means the default for a new one. A `-` drops
/// what an organisation may be without, `any` the limits on a list. What is wrong is told for every line at once; a file
/// with anything wrong changes nothing.
public struct OrganisationImport: Sendable {
    /// What the file does to one organisation.
    public struct Change: Sendable, Equatable {
        /// The organisation.
        public let identifier: String
        /// Whether it is there already.
        public let isKnown: Bool
        /// Certificates added, by key and by name.
        public let certificates: Int
    }

    /// What is to be allowed, for the default and for the check of a list.
    public struct Transactions: Sendable {
        /// All there are.
        public let served: Set<String>
        /// Those of a new organisation.
        public let ordinary: Set<String>

        /// All transactions, and those a new organisation gets when the file names none.
        public init(served: Set<String>, ordinary: Set<String>) {
            self.served = served
            self.ordinary = ordinary
        }
    }

    let additions: [OrganisationRegister.Addition]
    /// What it does, in the order of the file.
    public let changes: [Change]

    /// Reads and checks a file against what is registered. Reads the certificate files it names: blocks.
    /// - Parameters:
    ///   - bytes: the content of the file, CSV in UTF-8.
    ///   - folder: where relative paths of certificate files begin.
    ///   - registered: the organisations that are there.
    /// - Throws: ``OrganisationImportError`` with everything that is wrong.
    public init(
        parsing bytes: [UInt8], folder: String, registered: [OrganisationRegister.Entry], transactions: Transactions
    ) throws(OrganisationImportError) {
        let table: CSVTable
        do {
            table = try CSVTable(parsing: bytes)
        } catch {
            throw OrganisationImportError(
                problems: [.init(line: error.line, column: nil, name: nil, reason: error.reason)])
        }
        var problems: [OrganisationImportProblem] = []
        let columns = Self.columns(table.rows.first, &problems)
        guard problems.isEmpty else { throw OrganisationImportError(problems: problems) }
        let known = Dictionary(registered.map { ($0.organisation.identifier, $0) }) { first, _ in first }
        var additions: [(line: Int, addition: OrganisationRegister.Addition)] = []
        for row in table.rows.dropFirst() {
            var reader = OrganisationImportRow(row: row, columns: columns, folder: folder, transactions: transactions)
            if let addition = reader.read(known: known) { additions.append((row.line, addition)) }
            problems += reader.problems
        }
        problems += OrganisationImportCollisions.problems(of: additions, registered: registered)
        if table.rows.count == 1 {
            problems.append(.init(line: 2, column: nil, name: nil, reason: "the file names no organisation"))
        }
        guard problems.isEmpty else {
            throw OrganisationImportError(problems: problems.sorted { $0.line < $1.line })
        }
        self.additions = additions.map(\.addition)
        changes = additions.map { _, addition in
            Change(
                identifier: addition.organisation.identifier,
                isKnown: known[addition.organisation.identifier] != nil,
                certificates: addition.certificates.count + addition.names.count)
        }
    }

    /// The columns of the file by their position.
    private static func columns(
        _ header: CSVTable.Row?, _ problems: inout [OrganisationImportProblem]
    ) -> [OrganisationColumn] {
        guard let header else {
            problems.append(.init(line: 1, column: nil, name: nil, reason: "the file is empty"))
            return []
        }
        var columns: [OrganisationColumn] = []
        for (index, heading) in header.cells.enumerated() {
            let number = index + 1
            guard let column = OrganisationColumn(heading: heading) else {
                let all = OrganisationColumn.allCases.map(\.rawValue).joined(separator: ", ")
                problems.append(
                    .init(
                        line: header.line, column: number, name: heading,
                        reason: "there is no such column; there are \(all)"))
                continue
            }
            if columns.contains(column) {
                problems.append(
                    .init(line: header.line, column: number, name: heading, reason: "the column is there twice"))
            }
            columns.append(column)
        }
        if problems.isEmpty, !columns.contains(.identifier) {
            problems.append(
                .init(line: header.line, column: nil, name: nil, reason: "the first line must name a column identifier")
            )
        }
        return columns
    }
}
