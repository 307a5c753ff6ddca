import FoundationEssentials
import NIOCore
import PostgresKit
import Testing
import XDSTesting

@Suite("Binary values of every type, to the server and back")
struct CodecTests {
    /// Sends a value, has the server return it, and reads it again.
    private func roundTrip<T: PostgresEncodable & PostgresDecodable & Equatable>(
        _ client: PostgresClient, _ value: T, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let result = try await client.query("select \(value)")
        let returned = try result.decode(T.self, row: 0, column: 0)
        #expect(returned == value, sourceLocation: sourceLocation)
    }

    @Test("Numbers and booleans, to their limits")
    func numbers() async throws {
        try await PostgresFixture.withClient { client in
            for value in [true, false] { try await roundTrip(client, value) }
            for value in [Int16.min, -1, 0, 1, .max] { try await roundTrip(client, value) }
            for value in [Int32.min, -1, 0, 1, .max] { try await roundTrip(client, value) }
            for value in [Int64.min, -1, 0, 1, .max] { try await roundTrip(client, value) }
            for value in [Int.min, -1, 0, 1, .max] { try await roundTrip(client, value) }
            for value in [-Double.infinity, -0.1, 0, .pi, .greatestFiniteMagnitude] {
                try await roundTrip(client, value)
            }
        }
    }

    @Test("Text: empty, long, with quotes, and beyond ASCII")
    func text() async throws {
        try await PostgresFixture.withClient { client in
            for value in [
                "", " ", "Twente", "'; drop table x; --", "Ménière", "日本語", "🏥👩🏽‍⚕️", "a\nb\tc\\",
                String(repeating: "é", count: 100_000),
            ] {
                try await roundTrip(client, value)
            }
            let result = try await client.query(
                "select 'a'::varchar(3), 'b'::char(3), '{\"c\": 1}'::json, '{\"d\": 1}'::jsonb, 'e'::name")
            let values = try (0..<5).map { try result.decode(String.self, row: 0, column: $0) }
            #expect(values == ["a", "b  ", "{\"c\": 1}", "{\"d\": 1}", "e"])
        }
    }

    @Test("Bytes as arrays and as buffers, with every value and none")
    func bytes() async throws {
        try await PostgresFixture.withClient { client in
            try await roundTrip(client, [UInt8]())
            try await roundTrip(client, [UInt8](0...255))
            try await roundTrip(client, ByteBuffer(bytes: [0, 1, 255]))
            try await roundTrip(client, ByteBuffer())
            let result = try await client.query("select 'text'::text")
            #expect(try result.decode(ByteBuffer.self, row: 0, column: 0) == ByteBuffer(string: "text"))
            let equal = result.withBytes(row: 0, column: 0) { $0?.elementsEqual("text".utf8) }
            #expect(equal == true)
        }
    }

    @Test("UUIDs and times, to the microsecond and at the infinities")
    func identifiersAndTimes() async throws {
        try await PostgresFixture.withClient { client in
            for _ in 0..<5 { try await roundTrip(client, UUID()) }
            let known = UUID(uuidString: "00112233-4455-6677-8899-aabbccddeeff")
            let text = try await client.query("select \(known)::text").decode(String.self, row: 0, column: 0)
            #expect(text == "00112233-4455-6677-8899-aabbccddeeff")
            for seconds in [0, -1, 946_684_800, 1_700_000_000.25, -62_135_596_800] {
                try await roundTrip(client, Date(timeIntervalSince1970: seconds))
            }
            let precise = Date(timeIntervalSince1970: 1_700_000_000.123456)
            let words = try await client.query("select \(precise)::text").decode(String.self, row: 0, column: 0)
            #expect(words == "2023-11-14 22:13:20.123456+00")
            let infinite = try await client.query("select 'infinity'::timestamptz, '-infinity'::timestamptz")
            #expect(try infinite.decode(Date.self, row: 0, column: 0) == .distantFuture)
            #expect(try infinite.decode(Date.self, row: 0, column: 1) == .distantPast)
            let beyond = Date(timeIntervalSince1970: 1e30)
            let clamped = try await client.query("select \(beyond)::text").decode(String.self, row: 0, column: 0)
            #expect(clamped == "infinity")
        }
    }

    @Test("What is in its binary form already is bound as it is, alone and in arrays, with NULL and without")
    func encoded() async throws {
        try await PostgresFixture.withClient { client in
            let (one, other) = (Array("één".utf8), Array("twee".utf8))
            var query = PostgresQuery.StringInterpolation(literalCapacity: 0, interpolationCount: 4)
            query.appendLiteral("select ")
            one.withUnsafeBytes { query.appendInterpolation(encoded: $0, as: .text) }
            query.appendLiteral(", ")
            query.appendInterpolation(encoded: nil, as: .int4)
            query.appendLiteral(", ")
            query.appendInterpolation(arrayOf: .text, as: .textArray, count: 3, hasNulls: true) { bytes in
                for element in [one, nil, other] {
                    bytes.write(Int32(element?.count ?? -1))
                    bytes.write(contentsOf: element ?? [])
                }
            }
            query.appendLiteral(", ")
            query.appendInterpolation(arrayOf: .int2, as: .int2Array, count: 0, hasNulls: false) { _ in }
            let result = try await client.query(PostgresQuery(stringInterpolation: query))
            #expect(try result.decode(String.self, row: 0, column: 0) == "één")
            #expect(try result.decode(Int32?.self, row: 0, column: 1) == nil)
            #expect(try result.decode([String?].self, row: 0, column: 2) == ["één", nil, "twee"])
            #expect(try result.decode([Int16].self, row: 0, column: 3) == [])
        }
    }

    @Test("NULL of every type is nil, and an error where nil has no place")
    func nulls() async throws {
        try await PostgresFixture.withClient { client in
            try await roundTrip(client, Bool?.none)
            try await roundTrip(client, Int64?.none)
            try await roundTrip(client, String?.none)
            try await roundTrip(client, [UInt8]?.none)
            try await roundTrip(client, UUID?.none)
            try await roundTrip(client, Date?.none)
            try await roundTrip(client, [String]?.none)
            try await roundTrip(client, String?.some("there"))
            let result = try await client.query("select \(String?.none)")
            #expect(result.isNull(row: 0, column: 0))
            #expect(result.withBytes(row: 0, column: 0) { $0 == nil })
            let error = #expect(throws: PostgresError.self) { try result.decode(String.self, row: 0, column: 0) }
            #expect(error?.code == .decoding)
        }
    }

    @Test("Arrays: empty, of every element type, with NULL and awkward text")
    func arrays() async throws {
        try await PostgresFixture.withClient { client in
            try await roundTrip(client, [String]())
            try await roundTrip(client, ["", "NULL", "{a,b}", "\"q\"", "é"])
            try await roundTrip(client, ["a", nil, "b"])
            try await roundTrip(client, [Int64.min, 0, .max])
            try await roundTrip(client, [1, 2, 3])
            try await roundTrip(client, [Int32(1), 2])
            try await roundTrip(client, [1.5, -2])
            try await roundTrip(client, [true, false])
            try await roundTrip(client, [UUID(), UUID()])
            try await roundTrip(client, [[UInt8]](arrayLiteral: [], [1, 2], [0]))
            try await roundTrip(client, [Date(timeIntervalSince1970: 1)])
            let found = try await client.query(
                "select count(*) from generate_series(1, 10) n where n = any(\([2, 4, 99]))")
            #expect(try found.decode(Int.self, row: 0, column: 0) == 2)
            let varchars = try await client.query("select array['a', 'b']::varchar[]")
            #expect(try varchars.decode([String].self, row: 0, column: 0) == ["a", "b"])
            let square = try await client.query("select array[[1, 2], [3, 4]]")
            #expect(throws: PostgresError.self) { try square.decode([Int].self, row: 0, column: 0) }
        }
    }

    @Test("A column of another type is refused, and the error names column and types")
    func typeMismatch() async throws {
        try await PostgresFixture.withClient { client in
            let result = try await client.query("select 1::bigint as number, 'x' as word, 1.5::numeric as amount")
            let error = #expect(throws: PostgresError.self) { try result.decode(String.self, row: 0, column: 0) }
            #expect(error?.debugDescription.contains("\"number\"") == true)
            #expect(error?.debugDescription.contains("bigint") == true)
            #expect(throws: PostgresError.self) { try result.decode(Int32.self, row: 0, column: 0) }
            #expect(throws: PostgresError.self) { try result.decode(Int.self, row: 0, column: 1) }
            #expect(throws: PostgresError.self) { try result.decode(Double.self, row: 0, column: 2) }
            #expect(throws: PostgresError.self) { try result.decode(Int.self, row: 0, column: 3) }
            #expect(throws: PostgresError.self) { try result.decode(Int.self, row: 1, column: 0) }
            #expect(throws: PostgresError.self) { try result.decode(Int.self, row: 0, column: "nothing") }
        }
    }

    @Test("Smaller integers are read as larger ones, and rows by column name")
    func widening() async throws {
        try await PostgresFixture.withClient { client in
            let result = try await client.query("select 1::smallint as a, 2::integer as b, 3::oid as c, 4::real as d")
            let row = try #require(result.first)
            #expect(try row.decode(Int32.self, column: "a") == 1)
            #expect(try row.decode(Int64.self, column: "a") == 1)
            #expect(try row.decode(Int.self, column: "b") == 2)
            #expect(try row.decode(Int.self, column: "c") == 3)
            #expect(try row.decode(Double.self, column: "d") == 4)
        }
    }

    @Test("U+0000 in text is refused by the server and harms nothing")
    func nulCharacter() async throws {
        try await PostgresFixture.withClient { client in
            let error = await failure { try await client.query("select \("a\0b")") }
            #expect(error?.code == .server(.characterNotInRepertoire))
        }
    }

    @Test("Rows changed by a statement are counted")
    func affectedRows() async throws {
        try await PostgresFixture.withClient { client in
            _ = try await client.query("create table t (a bigint)")
            #expect(try await client.query("insert into t select generate_series(1, 7)").affectedRows == 7)
            #expect(try await client.query("update t set a = 0 where a > 4").affectedRows == 3)
            #expect(try await client.query("delete from t where a = 99").affectedRows == 0)
        }
    }
}
