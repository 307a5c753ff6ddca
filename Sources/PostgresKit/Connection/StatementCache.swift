/// Which statements are prepared on a connection; bounded, the one used longest ago gives way.
///
/// A statement is known by its SQL text and the types of its parameters. Numbers are never used twice, so that a
/// statement that was forgotten can be prepared again while the old one is still on its way out.
struct StatementCache {
    /// What identifies a statement. Only the text is hashed; types hardly ever differ for one text.
    struct Key: Hashable {
        var sql: String
        var parameters: [PostgresBindings.Entry]

        static func == (left: Key, right: Key) -> Bool {
            left.parameters.count == right.parameters.count && left.sql == right.sql
                && zip(left.parameters, right.parameters).allSatisfy { $0.type == $1.type }
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(sql)
        }
    }

    /// What to do for a statement.
    enum Lookup: Equatable {
        /// It is prepared, or will be by what was sent before.
        case prepared(Int)
        /// Prepare it under this number.
        case prepare(Int)
    }

    private struct Slot {
        var number: Int
        var lastUse: UInt64
    }

    private var slots: [Key: Slot] = [:]
    private var keys: [Int: Key] = [:]
    private var nextNumber = 1
    private var uses: UInt64 = 0
    private let capacity: Int
    /// Statements to be deallocated on the server when no transaction is open.
    private(set) var evicted: [Int] = []

    /// An empty cache; a new connection has no statements.
    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    /// How many statements are prepared.
    var count: Int { slots.count }

    /// Finds a statement or makes room for it.
    mutating func lookup(_ query: PostgresQuery) -> Lookup {
        uses += 1
        let key = Key(sql: query.sql, parameters: query.binds.entries)
        if let index = slots.index(forKey: key) {
            slots.values[index].lastUse = uses
            return .prepared(slots.values[index].number)
        }
        if slots.count >= capacity { evictOldest() }
        let number = nextNumber
        nextNumber += 1
        slots[key] = Slot(number: number, lastUse: uses)
        keys[number] = key
        return .prepare(number)
    }

    /// A statement was not prepared after all.
    mutating func forget(_ number: Int) {
        guard let key = keys.removeValue(forKey: number) else { return }
        slots.removeValue(forKey: key)
    }

    /// A statement is stale or unknown to the server: it will be prepared anew when it is used again.
    mutating func invalidate(_ number: Int) {
        guard let key = keys.removeValue(forKey: number) else { return }
        slots.removeValue(forKey: key)
        evicted.append(number)
    }

    /// Takes the statements to be deallocated.
    mutating func takeEvicted() -> [Int] {
        defer { evicted.removeAll() }
        return evicted
    }

    /// Linear, but only reached when more texts are in use than the cache holds.
    private mutating func evictOldest() {
        guard let oldest = slots.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        slots.removeValue(forKey: oldest.key)
        keys.removeValue(forKey: oldest.value.number)
        evicted.append(oldest.value.number)
    }
}
