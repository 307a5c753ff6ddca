import Foundation
import Testing
import XDSTesting

@testable import AuditTrail

@Suite("Search by patient, organisation, person, transaction and time")
struct AuditSearchTests {
    @Test("Each condition limits, and all hold together")
    func conditions() async throws {
        try await AuditBench.with { bench in
            let start = Date(timeIntervalSince1970: 1_795_000_000)
            var events: [AuditEvent] = []
            for number in 0..<8 {
                var event = AuditBench.event(number, number % 2 == 0 ? .registryStoredQuery : .retrieveDocumentSet)
                event.time = start.addingTimeInterval(Double(number) * 60)
                event.organisation = number < 4 ? "gp" : "hospital"
                event.patient = number == 7 ? nil : "\(number % 3)^^^&2.999&ISO"
                if number == 5 { event.person = .init(id: "jansen") }
                events.append(event)
            }
            try await bench.journal().append(events)
            func found(_ change: (inout AuditSearch) -> Void) async throws -> [Int64] {
                var search = AuditSearch()
                change(&search)
                return try await search.run(on: bench.client).map(\.sequence)
            }
            #expect(try await found { _ in } == [1, 2, 3, 4, 5, 6, 7, 8])
            #expect(try await found { $0.patients = ["0^^^&2.999&ISO"] } == [1, 4, 7])
            #expect(try await found { $0.patients = ["0^^^&2.999&ISO", "2^^^&2.999&ISO"] } == [1, 3, 4, 6, 7])
            #expect(try await found { $0.organisation = "hospital" } == [5, 6, 7, 8])
            #expect(try await found { $0.person = "jansen" } == [6])
            #expect(try await found { $0.kinds = [.retrieveDocumentSet] } == [2, 4, 6, 8])
            #expect(try await found { $0.requestID = "request-3" } == [4])
            #expect(try await found { $0.from = start.addingTimeInterval(360) } == [7, 8])
            #expect(try await found { $0.to = start.addingTimeInterval(60) } == [1])
            #expect(try await found { $0.after = 6 } == [7, 8])
            #expect(try await found { $0.limit = 2 } == [1, 2])
            #expect(
                try await found {
                    $0.organisation = "gp"
                    $0.kinds = [.registryStoredQuery]
                    $0.patients = ["2^^^&2.999&ISO"]
                } == [3])
        }
    }

    @Test("An event of a kind that this version does not know is found under the name it has, and hides no other")
    func unknownKind() async throws {
        try await AuditBench.with { bench in
            try await bench.write(3)
            try await bench.tamper(
                "update audit_event set event = 'ITI-99', action = 'X', outcome = 3 where sequence = 2")
            var search = AuditSearch()
            search.patients = [AuditBench.patient]
            let found = try await search.run(on: bench.client)
            #expect(found.map(\.kindName) == ["ITI-18", "ITI-99", "ITI-18"])
            #expect(found.map(\.event.kind) == [.registryStoredQuery, .unknown, .registryStoredQuery])
            #expect(found.map(\.event.requestID) == ["request-0", "request-1", "request-2"])
            // What cannot be judged is no success.
            #expect(found[1].event.outcome == .majorFailure)
            let report = PatientReport(patient: "1", events: found, names: [:], language: .en)
            #expect(report.lines.count == 3)
            #expect(report.text.contains("no words for (ITI-99)"), "\(report.text)")
        }
    }

    @Test("ITI TF-2: 3.64: a link change is found by each of its ids; other events only by the patient they are about")
    func linkChange() async throws {
        try await AuditBench.with { bench in
            func event(_ number: Int, _ kind: AuditEventKind, _ patients: [String]) -> AuditEvent {
                var event = AuditBench.event(number, kind)
                event.patient = patients.first
                event.objects =
                    patients.map { AuditObject(.patient, id: $0) } + [AuditObject(.peer, id: "9^^^&2.999&ISO")]
                return event
            }
            let ids = (1...3).map { "\($0)^^^&2.999&ISO" }
            try await bench.journal().append([
                event(1, .notifyXADPIDLinkChange, ids), event(2, .patientIdentityFeed, ids),
                event(3, .notifyXADPIDLinkChange, [ids[0]]),
            ])
            func found(_ patients: String...) async throws -> [Int64] {
                var search = AuditSearch()
                search.patients = patients
                return try await search.run(on: bench.client).map(\.sequence)
            }
            #expect(try await found(ids[0]) == [1, 2, 3])
            #expect(try await found(ids[2]) == [1])
            #expect(try await found(ids[1], ids[2]) == [1])
            #expect(try await found("9^^^&2.999&ISO").isEmpty)
        }
    }
}
