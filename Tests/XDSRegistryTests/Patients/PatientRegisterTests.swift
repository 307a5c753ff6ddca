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

    @Test("a change that cannot be recorded does not happen")
    func recordedOrNotDone() async throws {
        struct TrailIsFull: Error {}
        try await RegistryBench.with { bench in
            let register = PatientRegister(client: bench.client)
            let patient = try PatientID(parsing: "7^^^&2.999.1&ISO")
            await #expect(throws: TrailIsFull.self) {
                _ = try await register.add([patient], origin: .administration) { _ in throw TrailIsFull() }
            }
            #expect(try await register.history(of: patient) == nil)
            let merge = try PatientMerge(
                survivor: PatientID(parsing: SampleMetadata.patientId),
                subsumed: PatientID(parsing: SampleMetadata.otherPatientId))
            await #expect(throws: TrailIsFull.self) {
                _ = try await register.merge([merge], origin: .administration) { _ in throw TrailIsFull() }
            }
            #expect(try await register.list(limit: 10).map(\.status) == ["active", "active"])
            #expect(try await register.add([patient], origin: .administration) { _ in } == 1)
            #expect(try await register.add([patient], origin: .administration) { _ in } == 0)
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

    @Test("the history of an id: added, took over, subsumed, each with organisation, transaction and message")
    func history() async throws {
        try await RegistryBench.with { bench in
            let feed = try bench.feed()
            let add = try FeedBench.message("ADT^A04", "PID|||71^^^REGIO~72^^^REGIO", controlID: "ADD")
            let merge = try FeedBench.message("ADT^A40", "PID|||71^^^REGIO", "MRG|72^^^REGIO", controlID: "MERGE")
            for message in [add, merge] {
                #expect(await feed.respond(to: message, caller: FeedBench.caller()).outcome == .success)
            }
            let survivor = try #require(try await bench.patients.history(of: FeedBench.patient("71")))
            #expect(survivor.map(\.kind) == ["added", "took over"])
            #expect(survivor.map(\.messageID) == ["ADD", "MERGE"])
            #expect(survivor.map(\.transaction) == ["ITI-8", "ITI-8"])
            #expect(survivor.last?.other == FeedBench.cx("72"))
            let subsumed = try #require(try await bench.patients.history(of: FeedBench.patient("72")))
            #expect(subsumed.map(\.kind) == ["added", "subsumed"])
            #expect(subsumed.map(\.organisation) == ["ziekenhuis", "ziekenhuis"])
            #expect(subsumed.last?.other == FeedBench.cx("71") && subsumed.last?.objects == 0)
            #expect(try await bench.patients.history(of: FeedBench.patient("nobody")) == nil)
        }
    }
}
