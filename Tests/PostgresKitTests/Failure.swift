import PostgresKit
import Testing

/// The error that a body throws; an issue is recorded when it throws none, or one of another type.
func failure<R>(
    sourceLocation: SourceLocation = #_sourceLocation, of body: () async throws -> R
) async -> PostgresError? {
    do {
        _ = try await body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
    } catch let error as PostgresError {
        return error
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
    return nil
}
