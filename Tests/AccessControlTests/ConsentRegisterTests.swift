import AccessControl
import Foundation
import PostgresKit
import Testing
import XDSTesting

@Suite("Consent of patients")
struct ConsentRegisterTests {
    private static let patient = "900186021^^^&2.16.840.1.113883.2.4.6.3&ISO"
    private static let other = "111222333^^^&2.16.840.1.113883.2.4.6.3&ISO"

    private static func decision(
        _ outcome: ConsentDecision.Outcome, for audience: ConsentDecision.Audience = .everyone,
        patient: String = Self.patient, source: String = "balie",
        on day: Date = Date(timeIntervalSince1970: 1_700_000_000)
    ) -> ConsentDecision {
        ConsentDecision(patientID: patient, audience: audience, outcome: outcome, decidedOn: day, source: source)
    }

    private static func withRegister(
        _ body: (ConsentRegister, PostgresClient) async throws -> Void
    ) async throws {
        try await RegisterBench.with { bench in
            _ = try await bench.client.query(
                "insert into patient (patient_id, source) select unnest(\([Self.patient, Self.other])), 'test'")
            try await body(ConsentRegister(client: bench.client), bench.client)
        }
    }

    @Test("a decision holds until the next one; everything there ever was stays in the history, with who recorded it")
    func decisions() async throws {
        try await Self.withRegister { register, _ in
            #expect(try await register.current(of: Self.patient).isEmpty)
            try await register.set(Self.decision(.given), recordedBy: "jansen")
            try await register.set(Self.decision(.withdrawn, for: .kind("V4")), recordedBy: "jansen")
            try await register.set(Self.decision(.withdrawn, source: "portaal"), recordedBy: "portal")
            let current = try await register.current(of: Self.patient)
            #expect(current.map(\.audience) == [.everyone, .kind("V4")])
            #expect(current.map(\.outcome) == [.withdrawn, .withdrawn])
            #expect(current.map(\.source) == ["portaal", "balie"])
            let history = try await register.history(of: Self.patient)
            #expect(history.map(\.decision.outcome) == [.given, .withdrawn, .withdrawn])
            #expect(history.map(\.recordedBy) == ["jansen", "jansen", "portal"])
            #expect(try await register.current(of: Self.other).isEmpty)
        }
    }

    @Test("several decisions hold together or not at all, and only with their record in the trail")
    func together() async throws {
        struct TrailIsFull: Error {}
        try await Self.withRegister { _, client in
            let decisions = [Self.decision(.given, for: .kind("V4")), Self.decision(.given, for: .kind("Z3"))]
            let failing = ConsentRegister(client: client) { decision, _ in
                if decision.audience == .kind("Z3") { throw TrailIsFull() }
            }
            await #expect(throws: TrailIsFull.self) { try await failing.set(decisions, recordedBy: "jansen") }
            #expect(try await failing.current(of: Self.patient).isEmpty)
            #expect(try await failing.history(of: Self.patient).isEmpty)
            let seen = ConsentRegister(client: client) { decision, transaction in
                // In the transaction the decision is there already.
                let count = try await transaction.query(
                    "select count(*) from patient_consent where organisation_kind = \(decision.audience.text)"
                ).decode(Int64.self, row: 0, column: 0)
                #expect(count == 1)
            }
            try await seen.set(decisions, recordedBy: "jansen")
            #expect(try await seen.current(of: Self.patient).map(\.audience) == [.kind("V4"), .kind("Z3")])
        }
    }

    @Test("none takes a decision back and is itself in the history")
    func takenBack() async throws {
        try await Self.withRegister { register, _ in
            try await register.set(Self.decision(.given), recordedBy: "jansen")
            try await register.set(Self.decision(.none), recordedBy: "jansen")
            #expect(try await register.current(of: Self.patient).isEmpty)
            #expect(try await register.history(of: Self.patient).map(\.decision.outcome) == [.given, .none])
        }
    }

    @Test("the day of a decision comes back as it was given")
    func day() async throws {
        try await Self.withRegister { register, _ in
            let day = Date(timeIntervalSince1970: 1_764_115_200)  // 2025-11-26 00:00 UTC
            try await register.set(Self.decision(.given, on: day), recordedBy: "jansen")
            #expect(try await register.current(of: Self.patient).map(\.decidedOn) == [day])
        }
    }

    @Test("an unknown patient, a subsumed one, a malformed kind, an empty source and a date to come are refused")
    func refusals() async throws {
        try await Self.withRegister { register, client in
            await #expect(throws: ConsentError.unknownPatient) {
                try await register.set(Self.decision(.given, patient: "1^^^&2.999&ISO"), recordedBy: "jansen")
            }
            _ = try await client.query(
                """
                update patient set status = 'subsumed',
                    survivor_key = (select patient_key from patient where patient_id = \(Self.patient))
                where patient_id = \(Self.other)
                """)
            await #expect(throws: ConsentError.subsumedPatient(survivor: Self.patient)) {
                try await register.set(Self.decision(.given, patient: Self.other), recordedBy: "jansen")
            }
            for (decision, field) in [
                (Self.decision(.given, for: .kind("ziekenhuis met spaties")), "kind"),
                (Self.decision(.given, source: " "), "source"),
                (Self.decision(.given, on: .now.addingTimeInterval(3 * 86_400)), "date"),
            ] {
                let error = await #expect(throws: ConsentError.self) {
                    try await register.set(decision, recordedBy: "jansen")
                }
                #expect(error?.description.hasPrefix(field) == true)
            }
            #expect(try await register.history(of: Self.patient).isEmpty)
        }
    }

    @Test("the history cannot be changed, removed or emptied")
    func appendOnly() async throws {
        try await Self.withRegister { register, client in
            try await register.set(Self.decision(.given), recordedBy: "jansen")
            for statement: PostgresQuery in [
                "update patient_consent_event set decision = 'none'", "delete from patient_consent_event",
                "truncate patient_consent_event",
            ] {
                let error = await #expect(throws: PostgresError.self) { _ = try await client.query(statement) }
                #expect(error?.sqlState?.rawValue == "42501")
            }
            #expect(try await register.history(of: Self.patient).count == 1)
        }
    }

    @Test(
        "a merge keeps objections of either id, and agreement that nothing contradicts",
        arguments: [
            (subsumed: ["*": "withdrawn"], survivor: ["*": "given"], merged: ["*": "withdrawn"]),
            (["*": "given"], [:], ["*": "given"]), (["*": "given"], ["*": "withdrawn"], ["*": "withdrawn"]),
            (["V4": "given"], ["*": "withdrawn"], ["*": "withdrawn"]),
            (["V4": "withdrawn", "Z3": "given"], ["*": "given"], ["*": "given", "V4": "withdrawn", "Z3": "given"]),
            ([:], ["*": "given"], ["*": "given"]),
        ] as [(subsumed: [String: String], survivor: [String: String], merged: [String: String])])
    func merge(
        _ sample: (subsumed: [String: String], survivor: [String: String], merged: [String: String])
    ) async throws {
        try await Self.withRegister { register, client in
            for (patient, decisions) in [(Self.other, sample.subsumed), (Self.patient, sample.survivor)] {
                for (kind, decision) in decisions {
                    let outcome = try #require(ConsentDecision.Outcome(rawValue: decision))
                    try await register.set(
                        Self.decision(outcome, for: .init(text: kind), patient: patient), recordedBy: "jansen")
                }
            }
            _ = try await client.query(
                """
                update patient set status = 'subsumed',
                    survivor_key = (select patient_key from patient where patient_id = \(Self.patient))
                where patient_id = \(Self.other)
                """)
            let current = try await register.current(of: Self.patient)
            let merged = Dictionary(uniqueKeysWithValues: current.map { ($0.audience.text, $0.outcome.rawValue) })
            #expect(merged == sample.merged)
            let inherited = try await register.history(of: Self.patient).filter { $0.recordedBy.hasPrefix("merge of") }
            #expect(inherited.count == sample.merged.count { sample.survivor[$0.key] != $0.value })
        }
    }
}
