import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("What a registration costs the database")
struct RegistrationCostTests {
    @Test("a submission whose ids are all symbolic looks up and locks no object")
    func asksForNoObjects() {
        let needs = SubmissionNeeds(SampleMetadata.submission(documents: 2).completed().unverified)
        #expect(needs.objectIds.isEmpty)
        let subjects = PostgresRegistryStore.lookups(for: needs).map(\.subject)
        #expect(subjects == [.patients, .lock, .uniqueIds])
    }

    @Test("no look-up reads a table from its beginning to its end, however large the registry is")
    func usesIndexes() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single()
            try await bench.accept(old.sample)
            let replacement = SampleSubmission.related(.replace, to: old.id).sample
            let lookups = PostgresRegistryStore.lookups(for: SubmissionNeeds(replacement.unverified))
            #expect(lookups.count == 9)
            for lookup in lookups {
                let plan = try await bench.client.withTransaction { transaction in
                    // A small table is read whole because that is cheap; without that choice, only where nothing else does.
                    let results = try await transaction.execute([
                        "set local enable_seqscan = off",
                        PostgresQuery(unescaped: "explain \(lookup.query.sql)", lookup.query.binds),
                    ])
                    return try results[1].map { try $0.decode(String.self, column: 0) }
                }
                #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan.joined(separator: "\n"))")
            }
        }
    }
}
