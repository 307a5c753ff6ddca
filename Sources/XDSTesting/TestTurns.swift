/// Lets a few tests at a time use what there is not enough of for all.
///
/// The test runner starts everything at once: without turns hundreds of connections would be asked of one server, and
/// dozens of daemons would share two processors.
public actor TestTurns {
    /// Tests with databases of their own.
    public static let databases = TestTurns(limit: 6)
    /// Tests with a daemon of their own.
    public static let daemons = TestTurns(limit: 2)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Turns for so many at a time.
    public init(limit: Int) {
        free = limit
    }

    /// Runs a body when it is its turn.
    public nonisolated func take<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        await begin()
        do {
            let result = try await body()
            await end()
            return result
        } catch {
            await end()
            throw error
        }
    }

    private func begin() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func end() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
