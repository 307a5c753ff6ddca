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

    /// Finds what is to be applied.
    /// - Throws: why the two cannot be brought together.
    init(migrations: [Migration], applied: [Applied]) throws(MigrationError) {
        let migrations = migrations.sorted { $0.number < $1.number }
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            throw .misnumbered(number: migration.number == index ? index : index + 1)
        }
        let applied = applied.sorted { $0.number < $1.number }
        for row in applied {
            guard row.number >= 1, row.number <= migrations.count else {
                throw .databaseIsNewer(number: row.number, name: row.name)
            }
            guard migrations[row.number - 1].checksum == row.checksum else {
                throw .changed(number: row.number, name: row.name)
            }
        }
        for (index, row) in applied.enumerated() where row.number != index + 1 {
            throw .missing(number: index + 1, name: migrations[index].name)
        }
        pending = Array(migrations.dropFirst(applied.count))
    }
}
