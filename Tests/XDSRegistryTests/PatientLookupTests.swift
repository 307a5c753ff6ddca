import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Which patient something is about, for the audit trail")
struct PatientLookupTests {
    @Test("The patient of a document by its uniqueId; one that is not registered has none")
    func documents() async throws {
        try await RegistryBench.with { bench in
            let sample = SampleMetadata.submission()
            try await bench.register(sample)
            let uniqueId = try #require(
                sample.documentEntry.object.identifiers(scheme: EbRIMVocabulary.Scheme.documentEntryUniqueId).first?
                    .value)
            let lookup = PatientLookup(client: bench.client)
            #expect(
                try await lookup.patients(ofDocuments: [uniqueId, "2.999.404"])
                    == [uniqueId: SampleMetadata.patientId])
        }
    }

    @Test("The patient of a key, and none for a key that is not there")
    func key() async throws {
        try await RegistryBench.with { bench in
            let key = try await bench.client.query(
                "select patient_key from patient where patient_id = \(SampleMetadata.patientId)"
            ).decode(Int64.self, row: 0, column: 0)
            let lookup = PatientLookup(client: bench.client)
            for _ in 0..<2 { #expect(try await lookup.patients(keys: [999_999, key]) == [SampleMetadata.patientId]) }
            #expect(try await lookup.patients(keys: []).isEmpty)
        }
    }

    @Test("A request that is cancelled is recorded with its patients all the same")
    func cancelled() async throws {
        try await RegistryBench.with { bench in
            let key = try await bench.client.query(
                "select patient_key from patient where patient_id = \(SampleMetadata.patientId)"
            ).decode(Int64.self, row: 0, column: 0)
            let lookup = PatientLookup(client: bench.client)
            let client = bench.client
            let found = try await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await #expect(throws: PostgresError.self) { try await client.query("select 1") }
                return try await lookup.patients(keys: [key])
            }.value
            #expect(found == [SampleMetadata.patientId])
        }
    }

    @Test("Ids that were merged are one patient, whichever is asked for; an unknown id stands for itself")
    func ids() async throws {
        try await RegistryBench.with { bench in
            let lookup = PatientLookup(client: bench.client)
            let (survivor, subsumed) = (SampleMetadata.patientId, SampleMetadata.otherPatientId)
            #expect(try await lookup.ids(of: survivor) == [survivor])
            _ = try await bench.client.query(
                """
                update patient set status = 'subsumed', survivor_key = (select patient_key from patient where patient_id = \(survivor))
                where patient_id = \(subsumed)
                """)
            for id in [survivor, subsumed] {
                #expect(try await Set(lookup.ids(of: id)) == [survivor, subsumed])
            }
            #expect(try await lookup.ids(of: "unknown") == ["unknown"])
        }
    }
}
