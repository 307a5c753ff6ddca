/// Lets a few tests at a time work with databases of their own.
///
/// The test runner starts everything at once; without turns hundreds of connections would be asked of one server.
public actor DatabaseTurns {
    /// The turns of this process.
    public static let shared = DatabaseTurns(limit: 6)

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
