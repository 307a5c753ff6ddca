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
}
