import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("Patient identities the registry knows")
struct PatientRegisterTests {
    @Test("an id is made known once; a second time changes nothing")
    func addsOnce() async throws {
        try await RegistryBench.with { bench in
            let register = PatientRegister(client: bench.client)
            let patient = try PatientID(parsing: "7^^^&2.999.1&ISO")
            #expect(try await register.add(patient, source: "administration"))
            #expect(try await !register.add(patient, source: "feed"))
            let entries = try await register.list(limit: 10)
            #expect(entries.map(\.patientID) == [SampleMetadata.patientId, SampleMetadata.otherPatientId, patient.cx])
            #expect(entries.last?.source == "administration")
            #expect(entries.last?.status == "active")
            #expect(abs(entries[2].knownSince.timeIntervalSinceNow) < 3600)
            #expect(try await register.list(limit: 1).map(\.patientID) == [SampleMetadata.patientId])
        }
    }

    @Test("XDSUnknownPatientId: a submission for an id nobody made known is refused until it is")
    func refusesUnknownPatient() async throws {
        try await RegistryBench.with { bench in
            let cx = "onbekend^^^&2.999.1&ISO"
            let sample = SampleMetadata.submission(patientId: cx)
            let refused = try await bench.register(sample)
            #expect(refused.errors.map(\.code) == [.unknownPatientId])
            _ = try await PatientRegister(client: bench.client).add(PatientID(parsing: cx), source: "administration")
            try await bench.accept(sample)
        }
    }
}
