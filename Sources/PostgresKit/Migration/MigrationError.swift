/// Why a database cannot be brought to the schema of this program, in words for an administrator.
public enum MigrationError: Error, Sendable, Hashable {
    /// The program's own migrations are not numbered by different numbers from 1 on; the number is below 1 or used
    /// twice.
    case misnumbered(number: Int)
    /// A migration was changed after it had been applied.
    case changed(number: Int, name: String)
    /// The database has a migration that this program does not know: a newer version has been here.
    case databaseIsNewer(number: Int, name: String)
    /// The database lacks a migration before others that were applied.
    case missing(number: Int, name: String)
    /// A migration began or ended a transaction by itself; it may have been applied in part.
    case endsTransaction(number: Int, name: String)
    /// The SQL of a migration failed; nothing of it was applied.
    case failed(number: Int, name: String, sqlState: SQLState?, message: String)
}

extension MigrationError: CustomStringConvertible {
    /// One sentence that names the migration.
    public var description: String {
        switch self {
        case .misnumbered(let number):
            "the migrations of this program are not numbered from 1 on, each differently: look at number \(number)"
        case .changed(let number, let name):
            "migration \(number) (\(name)) was changed after it had been applied to this database"
        case .databaseIsNewer(let number, let name):
            "the database has migration \(number) (\(name)), which this version of the program does not know: "
                + "a newer version migrated it"
        case .missing(let number, let name):
            "migration \(number) (\(name)) was never applied to this database, although later ones were"
        case .endsTransaction(let number, let name):
            "migration \(number) (\(name)) begins or ends a transaction by itself; it may be applied in part"
        case .failed(let number, let name, let sqlState, let message):
            "migration \(number) (\(name)) failed (SQLSTATE \(sqlState?.rawValue ?? "none")): \(message)"
        }
    }
}
