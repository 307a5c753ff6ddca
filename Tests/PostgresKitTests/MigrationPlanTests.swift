import Testing

@testable import PostgresKit

@Suite("What is to be migrated, without a server")
struct MigrationPlanTests {
    private func migrations(_ numbers: Int...) -> [Migration] {
        numbers.map { Migration(number: $0, name: "n\($0)", sql: "select \($0)") }
    }

    private func applied(_ migrations: [Migration]) -> [MigrationPlan.Applied] {
        migrations.map { MigrationPlan.Applied(number: $0.number, name: $0.name, checksum: $0.checksum) }
    }

    @Test("The rest is pending, in order, whatever order it was given in")
    func pending() throws {
        let plan = try MigrationPlan(migrations: migrations(3, 1, 2), applied: applied(migrations(1)))
        #expect(plan.pending.map(\.number) == [2, 3])
    }

    @Test("A number that is left out is no obstacle; one below 1 is refused")
    func gap() throws {
        let plan = try MigrationPlan(migrations: migrations(1, 3, 7), applied: applied(migrations(1)))
        #expect(plan.pending.map(\.number) == [3, 7])
        #expect(throws: MigrationError.misnumbered(number: 0)) {
            try MigrationPlan(migrations: migrations(0, 1), applied: [])
        }
    }

    @Test("A migration the program does not know is refused, also in a gap")
    func unknown() {
        #expect(throws: MigrationError.databaseIsNewer(number: 2, name: "n2")) {
            try MigrationPlan(migrations: migrations(1, 3), applied: applied(migrations(1, 2)))
        }
    }

    @Test("A number used twice is refused by number")
    func duplicate() {
        #expect(throws: MigrationError.misnumbered(number: 2)) {
            try MigrationPlan(migrations: migrations(1, 2, 2), applied: [])
        }
    }

    @Test("An earlier migration that was never applied is refused")
    func missing() {
        #expect(throws: MigrationError.missing(number: 1, name: "n1")) {
            try MigrationPlan(migrations: migrations(1, 2), applied: applied(migrations(2)))
        }
    }

    @Test("The checksum is the SHA-256 of the text")
    func checksum() {
        #expect(
            Migration(number: 1, name: "", sql: "abc").checksum
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
