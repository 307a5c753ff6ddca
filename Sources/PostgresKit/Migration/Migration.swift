import Crypto

/// One step of the schema, applied once and never changed afterwards.
public struct Migration: Sendable, Hashable {
    /// Its place in the order; the first is 1 and none is left out.
    public let number: Int
    /// What it is about, for people.
    public let name: String
    /// Statements that run in one transaction. They do not begin or end one, so `create index concurrently` and the
    /// like have no place here.
    public let sql: String

    /// A migration.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of the SQL in lower-case hexadecimal: how a change of an applied migration is noticed.
    public var checksum: String {
        var text = ""
        for byte in SHA256.hash(data: Array(sql.utf8)) {
            if byte < 16 { text += "0" }
            text += String(byte, radix: 16)
        }
        return text
    }
}
