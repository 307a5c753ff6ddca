/// Compares the migrations of the program with those a database has; without a connection.
struct MigrationPlan {
    /// A row of the table `schema_migration`.
    struct Applied: Equatable {
        var number: Int
        var name: String
        var checksum: String
    }

    /// What is still to be applied, in order.
    let pending: [Migration]

    /// Finds what is to be applied. Numbers rise but need not follow each other: a number may be set aside for work
    /// that is not finished, and is free as long as no later one was applied.
    /// - Throws: why the two cannot be brought together.
    init(migrations: [Migration], applied: [Applied]) throws(MigrationError) {
        let migrations = migrations.sorted { $0.number < $1.number }
        var last = 0
        for migration in migrations {
            guard migration.number > last else { throw .misnumbered(number: migration.number) }
            last = migration.number
        }
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.number, $0) })
        for row in applied.sorted(by: { $0.number < $1.number }) {
            guard let migration = known[row.number] else {
                throw .databaseIsNewer(number: row.number, name: row.name)
            }
            guard migration.checksum == row.checksum else { throw .changed(number: row.number, name: row.name) }
        }
        let done = Set(applied.map(\.number))
        pending = migrations.filter { !done.contains($0.number) }
        if let first = pending.first, let newest = done.max(), first.number < newest {
            throw .missing(number: first.number, name: first.name)
        }
    }
}
