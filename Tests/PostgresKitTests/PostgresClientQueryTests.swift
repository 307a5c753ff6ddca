import PostgresKit
import Testing
import XDSTesting

@Suite("Autocommit queries on shared connections")
struct PostgresClientQueryTests {
    @Test("1,000 concurrent queries over 2 connections each get their own answer")
    func concurrentQueries() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 2 }) { client in
            try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let query: PostgresQuery = "select \(number) * 2, repeat('x', \(Int32(number % 300)))"
                        let result = try await client.query(query)
                        let text = try result.decode(String.self, row: 0, column: 1)
                        #expect(text.utf8.count == number % 300)
                        return (number, try result.decode(Int.self, row: 0, column: 0))
                    }
                }
                var count = 0
                for try await (number, double) in group {
                    #expect(double == number * 2)
                    count += 1
                }
                #expect(count == 1000)
            }
            #expect(client.statistics.connected <= 2)
            #expect(client.statistics.prepared <= 2)
            #expect(client.statistics.inFlight == 0)
        }
    }

    @Test("An error in the middle of a pipeline leaves its neighbours untouched")
    func errorIsolation() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            _ = try await client.query("create table numbers (number bigint primary key)")
            let outcomes = await withTaskGroup(of: (Int, PostgresError?).self) { group in
                for number in 0..<300 {
                    group.addTask {
                        do throws(PostgresError) {
                            if number % 10 == 3 {
                                _ = try await client.query("select 1 / (\(number) - \(number))")
                            } else {
                                _ = try await client.query("insert into numbers values (\(number))")
                            }
                            return (number, nil)
                        } catch {
                            return (number, error)
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(outcomes.count == 30)
            #expect(outcomes.allSatisfy { $0.key % 10 == 3 && $0.value.sqlState?.rawValue == "22012" })
            let count = try await client.query("select count(*) from numbers").decode(Int.self, row: 0, column: 0)
            #expect(count == 270)
        }
    }

    @Test("A unique violation carries the name of its constraint and no value in its description")
    func uniqueViolation() async throws {
        try await PostgresFixture.withClient { client in
            _ = try await client.query("create table patient (id text constraint patient_id_once unique)")
            _ = try await client.query("insert into patient values (\("secret-id"))")
            let error = await failure {
                try await client.query("insert into patient values (\("secret-id"))")
            }
            #expect(error?.code == .server(.uniqueViolation))
            #expect(error?.constraint == "patient_id_once")
            #expect(error?.isRetryable == false)
            #expect(error.map { "\($0)".contains("secret") || "\($0)".contains("insert") } == false)
            #expect(error?.debugDescription.contains("insert into patient") == true)
        }
    }

    @Test("Rows of a statement bring their parameters, numbered on from those before them")
    func rowsOfParameters() async throws {
        try await PostgresFixture.withClient { client in
            let rows: [PostgresFragment] = (1...3).map { number in
                "(\(number), \(number == 2 ? nil : "name \(number)"), 'constant', (select \(number) * 10))"
            }
            let query: PostgresQuery = """
                select \("before"), a, b, d, v.e from (
                    select a, b, d, \("between") as e from (values \(rows)) as w (a, b, c, d)) as v
                where a > \(1) order by a
                """
            #expect(query.sql.contains("$2 as e from (values ($3, $4, 'constant', (select $5 * 10)), ($6, $7,"))
            #expect(query.sql.contains("where a > $12 "))
            let result = try await client.query(query)
            #expect(result.rowCount == 2)
            #expect(try result.decode(String.self, row: 0, column: 0) == "before")
            #expect(try result.decode(Int.self, row: 0, column: 1) == 2)
            #expect(try result.decode(String?.self, row: 0, column: 2) == nil)
            #expect(try result.decode(String?.self, row: 1, column: 2) == "name 3")
            #expect(try result.decode(Int.self, row: 1, column: 3) == 30)
            #expect(try result.decode(String.self, row: 1, column: 4) == "between")
        }
    }

    @Test("A violation found only when the query commits is its error")
    func deferredConstraint() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            _ = try await client.query("create table parent (id bigint primary key)")
            _ = try await client.query(
                """
                create table child (
                    id bigint constraint child_parent references parent deferrable initially deferred)
                """)
            async let before = client.query("select 1")
            let error = await failure {
                try await client.query("insert into child values (1)")
            }
            #expect(error?.code == .server(.foreignKeyViolation))
            #expect(error?.constraint == "child_parent")
            #expect(try await before.rowCount == 1)
            #expect(try await client.query("select 2").decode(Int.self, row: 0, column: 0) == 2)
            #expect(client.statistics.lost == 0)
        }
    }

    @Test("A wrong number of parameters and bad SQL are errors of the server, and the connection goes on")
    func wrongBinds() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            var one = PostgresBindings()
            one.append(1)
            let tooFew = await failure {
                try await client.query(PostgresQuery(unescaped: "select $1::bigint + $2::bigint", one))
            }
            #expect(tooFew?.code == .server(.protocolViolation))
            let bad = await failure { try await client.query("selec 1") }
            #expect(bad?.code == .server(.syntaxError))
            let missing = await failure { try await client.query("select * from nowhere") }
            #expect(missing?.code == .server(.undefinedTable))
            let after = try await client.query("select 1")
            #expect(after.rowCount == 1)
            #expect(client.statistics.lost == 0)
        }
    }

    @Test("More parameters than the protocol carries are refused before anything is sent")
    func tooManyBinds() async throws {
        try await PostgresFixture.withClient { client in
            var binds = PostgresBindings(capacity: 65_536)
            for number in 0..<65_536 { binds.append(number) }
            let error = await failure {
                try await client.query(PostgresQuery(unescaped: "select 1", binds))
            }
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test("A plan that DDL made stale is prepared anew without the caller noticing")
    func stalePlan() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            _ = try await client.query("create table things (a bigint)")
            _ = try await client.query("insert into things values (1)")
            #expect(try await client.query("select * from things").columnCount == 1)
            _ = try await client.query("alter table things add b text default 'new'")
            async let first = client.query("select * from things")
            async let second = client.query("select * from things")
            #expect(try await first.decode(String.self, row: 0, column: "b") == "new")
            #expect(try await second.columnCount == 2)
        }
    }

    @Test("A statement that the server forgot is prepared anew without the caller noticing")
    func forgottenStatement() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            #expect(try await client.query("select 1").rowCount == 1)
            _ = try await client.query("deallocate all")
            #expect(try await client.query("select 1").rowCount == 1)
        }
    }

    @Test("More texts than the cache holds: old statements are freed on the server")
    func statementEviction() async throws {
        try await PostgresFixture.withClient(configure: {
            $0.sharedConnections = 1
            $0.preparedStatements = 8
        }) { client in
            for number in 0..<50 {
                let result = try await client.query("select \(unescaped: String(number)) + \(1)")
                #expect(try result.decode(Int.self, row: 0, column: 0) == number + 1)
            }
            let prepared = try await client.query("select count(*) from pg_prepared_statements")
                .decode(Int.self, row: 0, column: 0)
            #expect(prepared <= 9)
        }
    }

    @Test("The same text with parameters of other types is another statement")
    func sameTextOtherTypes() async throws {
        try await PostgresFixture.withClient(configure: { $0.sharedConnections = 1 }) { client in
            let number = try await client.query("select \(1)")
            let text = try await client.query("select \("one")")
            #expect(try number.decode(Int.self, row: 0, column: 0) == 1)
            #expect(try text.decode(String.self, row: 0, column: 0) == "one")
        }
    }

    @Test("Sessions run in UTC with the configured settings and the default durability")
    func sessionSettings() async throws {
        try await PostgresFixture.withClient(configure: {
            $0.statementTimeout = .milliseconds(12_345)
            $0.sessionParameters = ["search_path": "pg_catalog"]
            $0.applicationName = "xds-test"
        }) { client in
            let result = try await client.query(
                """
                select current_setting('TimeZone'), current_setting('statement_timeout'),
                       current_setting('search_path'), current_setting('application_name'),
                       (select source = 'session' from pg_settings where name = 'synchronous_commit')::text,
                       current_setting('client_encoding')
                """)
            let values = try (0..<6).map { try result.decode(String.self, row: 0, column: $0) }
            #expect(values == ["UTC", "12345ms", "pg_catalog", "xds-test", "false", "UTF8"])
        }
    }

    @Test("Notices of the server do not disturb results")
    func notices() async throws {
        try await PostgresFixture.withClient { client in
            _ = try await client.query("drop table if exists nothing")
            _ = try await client.query("do $$ begin raise warning 'hello'; end $$")
            #expect(try await client.query("select 1").rowCount == 1)
        }
    }
}
