import HL7Kit
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("ITI-8: patient identity feed, HL7 v2")
struct PatientFeedTests {
    private static let known = SampleMetadata.patientId
    private static let other = SampleMetadata.otherPatientId

    @Test("A01, A04, A05: the ids of the domain become known, others are ignored", arguments: ["A01", "A04", "A05"])
    func adds(event: String) async throws {
        try await RegistryBench.with { bench in
            let ids = "71^^^&2.999.1&ISO^PI~Z9^^^ZIS&2.999.10.1&ISO~72^^^REGIO~73^^^&2.999.1"
            let answer = try await bench.answer(FeedBench.message("ADT^\(event)", "PID|||\(ids)"))
            #expect(answer.code == .accept && answer.text == nil)
            let list = try await bench.patients.list(limit: 10)
            #expect(list.dropFirst(2).map(\.patientID).sorted() == ["71", "72", "73"].map(FeedBench.cx))
            #expect(list.last?.source == "ziekenhuis")
            try await bench.accept(SampleMetadata.submission(patientId: FeedBench.cx("71")))
        }
    }

    @Test("a message that comes twice changes nothing the second time")
    func addsOnce() async throws {
        try await RegistryBench.with { bench in
            let message = try FeedBench.message("ADT^A04", "PID|||71^^^&2.999.1&ISO~71^^^&2.999.1&ISO")
            for _ in 1...2 { #expect(try await bench.answer(message).code == .accept) }
            #expect(try await bench.number("select count(*) from patient_event where kind = 'added'") == 3)
        }
    }

    @Test("an id with escape sequences becomes known in the form XDS has it")
    func escapes() async throws {
        try await RegistryBench.with { bench in
            let message = try HL7Message(
                parsing: Array("MSH|^~#&|S|F|X|R|20261126||ADT^A04|1|P|2.4\rPID|||a#T#b^^^&2.999.1&ISO\r".utf8))
            #expect(try await bench.answer(message).code == .accept)
            #expect(try await bench.patients.list(limit: 10).last?.patientID == FeedBench.cx(#"a\T\b"#))
        }
    }

    @Test("A08 is accepted and changes nothing")
    func update() async throws {
        try await RegistryBench.with { bench in
            let answer = try await bench.answer(FeedBench.message("ADT^A08", "PID|||71^^^&2.999.1&ISO"))
            #expect(answer.code == .accept)
            #expect(try await bench.patients.list(limit: 10).count == 2)
        }
    }

    @Test("A40: MRG-1 is subsumed into PID-3, in several groups too")
    func merges() async throws {
        try await RegistryBench.with { bench in
            for id in ["1", "2"] { _ = try await bench.patients.add(FeedBench.patient(id), source: "test") }
            let message = try FeedBench.message(
                "ADT^A40^ADT_A39", "EVN||2026", "PID|||\(Self.known)~9^^^&2.999.10.1&ISO", "PD1|",
                "MRG|8^^^ZIS~\(Self.other)",
                "PID|||\(FeedBench.cx("1"))", "MRG|2^^^REGIO")
            #expect(try await bench.answer(message).code == .accept)
            let list = try await bench.patients.list(limit: 10)
            #expect(list.map(\.status) == ["active", "subsumed", "active", "subsumed"])
            #expect(list.map(\.survivor) == [nil, Self.known, nil, FeedBench.cx("1")])
        }
    }

    @Test(
        "what is wrong is answered with AE, the place and the words",
        arguments: [
            ("ADT^A01", ["PID|||8^^^&2.999.5&ISO~9^^^ANDER"], HL7Problem.Code.unknownKeyIdentifier, "PID", 3),
            ("ADT^A01", ["PID|||71^^^&2.999.1&DNS"], .unknownKeyIdentifier, "PID", 3),
            ("ADT^A01", ["PID|||^^^&2.999.1&ISO"], .unknownKeyIdentifier, "PID", 3),
            ("ADT^A01", ["PID|||"], .requiredFieldMissing, "PID", 3),
            ("ADT^A01", ["PID|||\"\""], .requiredFieldMissing, "PID", 3),
            ("ADT^A01", [], .segmentSequence, "PID", nil),
            ("ADT^A40", ["PID|||\(known)"], .segmentSequence, "MRG", nil),
            ("ADT^A40", ["MRG|\(known)"], .segmentSequence, "MRG", nil),
            ("ADT^A40", ["PID|||\(known)", "MRG|"], .requiredFieldMissing, "MRG", 1),
            ("ADT^A40", ["PID|||\(known)", "MRG|\(known)"], .duplicateKeyIdentifier, "MRG", 1),
            ("ADT^A40", ["PID|||\(known)", "MRG|99^^^&2.999.1&ISO"], .unknownKeyIdentifier, "MRG", 1),
            ("ADT^A40", ["PID|||99^^^&2.999.1&ISO", "MRG|\(known)"], .unknownKeyIdentifier, "PID", 3),
            (
                "ADT^A40", ["PID|||\(known)", "MRG|\(other.replacing("2.999.1", with: "2.999.5"))"],
                .unknownKeyIdentifier, "MRG", 1
            ),
            ("ADT^A40", ["PID|||1^^^&2.999.5&ISO", "MRG|\(other)"], .unknownKeyIdentifier, "PID", 3),
            ("ADT^A40", ["PID|||\(known)~\(other)", "MRG|\(other)"], .duplicateKeyIdentifier, "PID", 3),
            ("ADT^A43", ["PID|||\(known)~1^^^ZIS", "MRG|\(other)~1^^^ZIS~2^^^ZIS"], .requiredFieldMissing, "MRG", 1),
            ("ADT^A43", ["PID|||\(known)", "MRG|\(other)"], .requiredFieldMissing, "PID", 3),
            ("ADT^A43", ["PID|||\(known)~1^^^ONBEKEND", "MRG|\(other)"], .requiredFieldMissing, "PID", 3),
            ("ADT^A43", ["PID|||99^^^&2.999.1&ISO~1^^^ZIS", "MRG|\(other)"], .unknownKeyIdentifier, "PID", 3),
            ("ADT^A43", ["PID|||\(known)~1^^^ZIS", "MRG|99^^^REGIO"], .unknownKeyIdentifier, "MRG", 1),
        ] as [(String, [String], HL7Problem.Code, String, Int?)])
    func refuses(
        type: String, segments: [String], code: HL7Problem.Code, segment: String, field: Int?
    ) async throws {
        try await RegistryBench.with { bench in
            let text = ["MSH|^~\\&|2.999.3.7|F|X|R|2026||\(type)|1|P|2.5"] + segments
            let answer = try await bench.answer(HL7Message(parsing: Array(text.joined(separator: "\r").utf8)))
            #expect(answer.code == .error)
            #expect(answer.problems.map(\.code) == [code], "\(answer.text ?? "")")
            #expect(answer.problems.first?.location == .init(segment, field))
            #expect(answer.text?.isEmpty == false)
            #expect(answer.text?.contains("90007") == false, "no patient id in words that may be logged")
            #expect(try await bench.number("select count(*) from patient where status = 'active'") == 2)
        }
    }

    @Test("AE of a foreign id names the domain and what came instead")
    func namesAuthorities() async throws {
        try await RegistryBench.with { bench in
            let answer = try await bench.answer(FeedBench.message("ADT^A01", "PID|||8^^^&2.999.5&ISO~9^^^ANDER~7"))
            for part in ["2.999.1", "2.999.5", "namespace ANDER", "none"] {
                #expect(answer.text?.contains(part) == true, "\(part)")
            }
        }
    }

    @Test(
        "what is not taken here is answered with AR",
        arguments: [
            ("ORU^R01", "2.3.1", HL7Problem.Code.unsupportedMessageType), ("ADT^A03", "2.3.1", .unsupportedEvent),
            ("ADT^A01", "2.2", .unsupportedVersion), ("ADT^A01", "2.8", .unsupportedVersion),
            ("ADT^A01", "", .unsupportedVersion),
        ])
    func rejects(type: String, version: String, code: HL7Problem.Code) async throws {
        try await RegistryBench.with { bench in
            let answer = try await bench.answer(
                FeedBench.message(type, "PID|||71^^^&2.999.1&ISO", version: version))
            #expect(answer.code == .reject)
            #expect(answer.problems.map(\.code) == [code])
            #expect(try await bench.patients.list(limit: 10).count == 2)
        }
    }

    @Test("versions 2.3.1 to 2.5.1 are taken", arguments: ["2.3.1", "2.4", "2.5", "2.5.1"])
    func versions(version: String) async throws {
        try await RegistryBench.with { bench in
            let message = try FeedBench.message("ADT^A01", "PID|||71^^^&2.999.1&ISO", version: version)
            #expect(try await bench.answer(message).code == .accept)
        }
    }

    @Test("MSH-10 is missing: AE")
    func withoutControlID() async throws {
        try await RegistryBench.with { bench in
            let message = try FeedBench.message("ADT^A01", "PID|||71^^^&2.999.1&ISO", controlID: "")
            let answer = try await bench.answer(message)
            #expect(answer.code == .error && answer.problems.first?.location == .init("MSH", 10))
        }
    }

    @Test("an organisation without the right gets AR with words; ITI-8 and ITI-64 are rights of their own")
    func rights() async throws {
        try await RegistryBench.with { bench in
            let feed = try bench.feed()
            let caller = FeedBench.caller(without: ["ITI-64"])
            let move = try FeedBench.message(
                "ADT^A43", "PID|||\(Self.known)~1^^^ZIS", "MRG|\(Self.other)", version: "2.5")
            let refused = await feed.respond(to: move, caller: caller)
            #expect(refused.acknowledgement.code == .reject && refused.outcome == .refused)
            #expect(refused.acknowledgement.text?.contains("ziekenhuis may not call ITI-64") == true)
            #expect(refused.transaction == .notifyXADPIDLinkChange)
            let add = try FeedBench.message("ADT^A01", "PID|||71^^^&2.999.1&ISO")
            #expect(await feed.respond(to: add, caller: caller).outcome == .success)
            #expect(await feed.respond(to: add, caller: FeedBench.caller(without: ["ITI-8"])).outcome == .refused)
        }
    }

    @Test("a database that is away: AR, so that the message is sent again, without anything internal")
    func databaseAway() async throws {
        try await RegistryBench.with { bench in
            let feed = try bench.feed()
            await bench.client.shutDown()
            let answer = await feed.respond(
                to: try FeedBench.message("ADT^A01", "PID|||71^^^&2.999.1&ISO"), caller: FeedBench.caller())
            #expect(answer.acknowledgement.code == .reject && answer.outcome == .fault)
            #expect(answer.acknowledgement.text == "failed; request request")
        }
    }
}

@Suite("Policy of the patient domain")
struct PatientPolicyTests {
    private static let bsn = "2.16.840.1.113883.2.4.6.3"

    private func register(
        _ bench: RegistryBench, _ domain: PatientDomain, patient: String
    ) async throws -> RegistryResponse {
        let store = PostgresRegistryStore(client: bench.client, patientDomain: domain)
        let registry = DocumentRegistry(store: store) { _, id in RegistryError(.registryError, id) }
        return try await registry.register(
            SampleMetadata.submission(patientId: patient).completed().unverified, caller: RegistryBench.caller)
    }

    @Test("XDSUnknownPatientId: an id of a foreign assigning authority is refused in words that name the domain")
    func foreign() async throws {
        try await RegistryBench.with { bench in
            for admission in PatientDomain.Admission.allCases {
                let domain = try FeedBench.domain(admission: admission)
                let response = try await register(bench, domain, patient: "1^^^&2.999.5&ISO")
                #expect(response.errors.map(\.code) == [.unknownPatientId])
                #expect(response.errors.first?.context.contains("another assigning authority") == true)
                #expect(response.errors.first?.context.contains("2.999.1") == true)
            }
        }
    }

    @Test("register-on-first-use: the first registration makes an id known; a refused one leaves no trace")
    func firstUse() async throws {
        try await RegistryBench.with { bench in
            let domain = try FeedBench.domain(admission: .registerOnFirstUse)
            let store = PostgresRegistryStore(client: bench.client, patientDomain: domain)
            let registry = DocumentRegistry(store: store) { _, id in RegistryError(.registryError, id) }
            var wrong = SampleMetadata.submission(patientId: FeedBench.cx("new"))
            wrong.documentEntry.removeSlot(SlotName.languageCode)
            let refused = try await registry.register(wrong.completed().unverified, caller: RegistryBench.caller)
            #expect(refused.errors.map(\.code) == [.metadata])
            #expect(try await bench.patients.history(of: FeedBench.patient("new")) == nil)
            #expect(try await register(bench, domain, patient: FeedBench.cx("new")).status == .success)
            #expect(try await register(bench, domain, patient: FeedBench.cx("new")).status == .success)
            let history = try #require(try await bench.patients.history(of: FeedBench.patient("new")))
            #expect(history.map(\.kind) == ["added"])
            #expect(history.first?.organisation == "ziekenhuis" && history.first?.transaction == "ITI-42")
            #expect(try await bench.find(.findDocuments(patientId: FeedBench.cx("new"))).count == 2)
        }
    }

    @Test("register-on-first-use: many first registrations of one id at the same time are all accepted")
    func firstUseAtOnce() async throws {
        try await RegistryBench.with { bench in
            let domain = try FeedBench.domain(admission: .registerOnFirstUse)
            let responses = try await withThrowingTaskGroup(of: RegistryResponse.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await register(bench, domain, patient: FeedBench.cx("new")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(responses.allSatisfy { $0.status == .success })
            #expect(try await bench.number("select count(*) from patient where patient_id like 'new%'") == 1)
        }
    }

    @Test("register-on-first-use: a subsumed id stays subsumed")
    func firstUseOfSubsumed() async throws {
        try await RegistryBench.with { bench in
            try await bench.merge(SampleMetadata.otherPatientId, into: SampleMetadata.patientId)
            let domain = try FeedBench.domain(admission: .registerOnFirstUse)
            let response = try await register(bench, domain, patient: SampleMetadata.otherPatientId)
            #expect(response.errors.map(\.code) == [.unknownPatientId])
        }
    }

    @Test(
        "eleven test at registration: off takes the id, warn takes it with a warning, reject refuses it",
        arguments: PatientDomain.BSNCheck.allCases)
    func elevenTestAtRegistration(check: PatientDomain.BSNCheck) async throws {
        try await RegistryBench.with { bench in
            let domain = try FeedBench.domain(Self.bsn, admission: .registerOnFirstUse, bsnCheck: check)
            let wrong = try await register(bench, domain, patient: "900186022^^^&\(Self.bsn)&ISO")
            switch check {
            case .off: #expect(wrong == RegistryResponse(errors: []))
            case .warn:
                #expect(wrong.status == .success && wrong.errors.map(\.severity) == [.warning])
                #expect(wrong.errors.first?.context.contains("900186022") == false)
            case .reject:
                #expect(wrong.errors.map(\.code) == [.unknownPatientId])
                #expect(wrong.errors.first?.context.contains("eleven test") == true)
            }
            let right = try await register(bench, domain, patient: "900186021^^^&\(Self.bsn)&ISO")
            #expect(right == RegistryResponse(errors: []))
        }
    }

    @Test("eleven test in the feed: warn says so in AA, reject is AE", arguments: PatientDomain.BSNCheck.allCases)
    func elevenTestInFeed(check: PatientDomain.BSNCheck) async throws {
        try await RegistryBench.with { bench in
            let domain = try FeedBench.domain(Self.bsn, bsnCheck: check)
            let message = try FeedBench.message("ADT^A01", "PID|||900186022^^^&\(Self.bsn)&ISO")
            let answer = try await bench.answer(message, domain: domain)
            switch check {
            case .off: #expect(answer.code == .accept && answer.text == nil)
            case .warn: #expect(answer.code == .accept && answer.text?.contains("eleven test") == true)
            case .reject: #expect(answer.code == .error && answer.problems.first?.location == .init("PID", 3))
            }
            let count = try await bench.number("select count(*) from patient where patient_id like '900186022%'")
            #expect(count == (check == .reject ? 0 : 1))
        }
    }
}
