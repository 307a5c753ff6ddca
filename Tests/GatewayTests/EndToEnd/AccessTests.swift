import AuditTrail
import Foundation
import NIOCore
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("Who sees what, as partners and administrators meet it")
struct AccessTests {
    @Test("opt-in: a document of another is absent until the patient agrees, and again after the patient objects")
    func consent() async throws {
        try await GatewayProcess.with(environment: ["XDS_ACCESS_CONSENT": "opt-in"]) { gateway in
            let (hospital, gp) = (Partner(gateway, "hospital"), Partner(gateway, "gp"))
            let patient = GatewayProcess.patients[0]
            let bytes = ByteBuffer.random(2_000, seed: 1)
            let document = hospital.document(1, bytes: bytes)
            #expect(try await hospital.submit([document]).status == .success)
            #expect(try await hospital.find().extrinsicObjects.count == 1)
            try await Self.expectHidden(document, from: gp)
            try await Self.expectHiddenInAudit(document, of: patient, on: gateway)

            try await Self.decide("given", patient, on: gateway)
            #expect(try await gp.find().extrinsicObjects.compactMap(\.uniqueID) == [document.uniqueID])
            #expect(try await gp.retrieve([document.uniqueID]).documents[document.uniqueID] == bytes)

            try await Self.decide("withdrawn", patient, on: gateway)
            try await Self.expectHidden(document, from: gp)
            #expect(try await hospital.retrieve([document.uniqueID]).documents[document.uniqueID] == bytes)

            let shown = try await gateway.command(["consent", "show", patient])
            #expect(shown.output.contains("every organisation  withdrawn"))
            let history = try await gateway.command(["consent", "history", patient])
            #expect(history.output.contains("given") && history.output.contains("withdrawn"))
        }
    }

    @Test(
        "an entry of one's own about bytes that somebody else sent opens nothing: consent cannot be gone around by ITI-42"
    )
    func foreignBytes() async throws {
        try await GatewayProcess.with(environment: ["XDS_ACCESS_CONSENT": "opt-in"]) { gateway in
            let (hospital, gp) = (Partner(gateway, "hospital"), Partner(gateway, "gp"))
            let bytes = ByteBuffer.random(2_000, seed: 3)
            let document = hospital.document(1, bytes: bytes)
            #expect(try await hospital.submit([document]).status == .success)
            var sample = SampleMetadata.submission(patientId: GatewayProcess.patients[1])
            sample.documents[0].bytes = Array(buffer: bytes)
            for index in sample.documentEntry.object.externalIdentifiers.indices
            where sample.documentEntry.object.externalIdentifiers[index].identificationScheme
                == EbRIMVocabulary.Scheme.documentEntryUniqueId
            {
                sample.documentEntry.object.externalIdentifiers[index].value = document.uniqueID
            }
            let register = sample.completed(repositoryUniqueId: GatewayProcess.repositoryUniqueID)
            let answer = try await gp.post("/xds/registry", soap: String(buffer: SampleMessage.register(register).body))
            #expect(answer.text.contains("ResponseStatusType:Success"), "\(answer.text)")
            #expect(try await gp.find(patient: GatewayProcess.patients[1]).extrinsicObjects.count == 1)
            #expect(try await gp.retrieve([document.uniqueID]).documents.isEmpty)
            // Who sends the same bytes has them anyway.
            let own = gp.document(1, bytes: bytes)
            #expect(try await gp.submit([own]).status == .success)
            #expect(try await gp.retrieve([own.uniqueID]).documents[own.uniqueID] == bytes)
        }
    }

    @Test("access explain names the reason for each document; limits by code take effect without a restart")
    func explain() async throws {
        try await GatewayProcess.with(environment: ["XDS_ACCESS_CONSENT": "opt-out"]) { gateway in
            let (hospital, gp) = (Partner(gateway, "hospital"), Partner(gateway, "gp"))
            let document = hospital.document(1, bytes: .random(100, seed: 1))
            #expect(try await hospital.submit([document]).status == .success)
            #expect(try await gp.find().extrinsicObjects.count == 1)
            let arguments = ["access", "explain", "--patient", GatewayProcess.patients[0], "--organisation"]
            let before = try await gateway.command(arguments + ["gp"])
            #expect(before.status == 0, "\(before.errorOutput)")
            #expect(before.output.contains("yes   the patient did not object (opt-out)"))
            let own = try await gateway.command(arguments + ["hospital"])
            #expect(own.output.contains("it submitted the document itself"))

            let limit = try await gateway.command(["organisation", "add", "gp", "--class-code", "geen^^2.999.1"])
            #expect(limit.status == 0, "\(limit.errorOutput)")
            try await waitUntil("the document is hidden", within: .seconds(30)) {
                try await gp.find().extrinsicObjects.isEmpty
            }
            let after = try await gateway.command(arguments + ["gp"])
            #expect(after.output.contains("no    it may not see classCode"))
            try await Self.expectHidden(document, from: gp)
        }
    }

    @Test("what administrators do with a patient is in the trail: changes with their details, and every look")
    func administration() async throws {
        try await GatewayProcess.with { gateway in
            let patient = GatewayProcess.patients[0]
            for command in [
                [
                    "consent", "set", patient, "given", "--kind", "V4", "--kind", "Z3", "--source", "balie", "--date",
                    "2026-10-30",
                ],
                ["consent", "show", patient], ["consent", "history", patient], ["patient", "history", patient],
                ["patient", "list"],
                ["access", "explain", "--patient", patient, "--organisation", "gp"],
            ] {
                let result = try await gateway.command(command)
                #expect(result.status == 0, "\(result.errorOutput)")
            }
            let search = [
                "audit", "search", "--patient", patient, "--transaction", "administration", "--format", "json",
            ]
            let json = Data(try await gateway.command(search).output.utf8)
            let events = try #require(try JSONSerialization.jsonObject(with: json) as? [[String: Any]])
            #expect(
                events.map { $0["outcomeDescription"] as? String } == [
                    "patient add", "consent set", "consent set", "consent show", "consent history", "patient history",
                    "patient list", "access explain",
                ])
            #expect(events.map { $0["action"] as? String } == ["U", "U", "U", "R", "R", "R", "R", "R"])
            #expect(events.allSatisfy { $0["person"] as? String == AuditEvent.Person.operatingSystemUser.id })
            let details = events.map { event in
                let object = (event["objects"] as? [[String: Any]])?.first
                return (object?["details"] as? [[String: String]] ?? []).compactMap { $0["value"] }
            }
            #expect(
                details == [
                    [], ["given", "V4", "2026-10-30", "balie"], ["given", "Z3", "2026-10-30", "balie"], [], [], [], [],
                    ["gp"],
                ])
            let history = try await gateway.command(["consent", "history", patient])
            #expect(history.output.contains(AuditEvent.Person.operatingSystemUser.id))
        }
    }

    @Test("a decision about an unknown patient, a wrong date and a wrong word are refused in words")
    func refusals() async throws {
        try await GatewayProcess.with { gateway in
            let arguments = ["consent", "set", "--source", "balie"]
            let unknown = try await gateway.command(arguments + [DemoRegion.unknownPatient, "given"])
            #expect(unknown.status != 0)
            #expect(unknown.errorOutput.contains("the patient id is not known"))
            let date = try await gateway.command(arguments + ["--date", "morgen", GatewayProcess.patients[0], "given"])
            #expect(date.status != 0)
            #expect(date.errorOutput.contains("give it as YYYY-MM-DD"))
            let word = try await gateway.command(arguments + [GatewayProcess.patients[0], "misschien"])
            #expect(word.status != 0)
            #expect(word.errorOutput.contains("given"))
        }
    }

    private static func decide(_ decision: String, _ patient: String, on gateway: GatewayProcess) async throws {
        let result = try await gateway.command(["consent", "set", patient, decision, "--source", "balie"])
        #expect(result.status == 0, "\(result.errorOutput)")
    }

    /// Of the two retrievals of ``expectHidden(_:from:)`` the trail knows which one was about a document that is there.
    private static func expectHiddenInAudit(
        _ document: DemoDocument, of patient: String, on gateway: GatewayProcess
    ) async throws {
        let search = ["audit", "search", "--transaction", "ITI-43", "--organisation", "gp", "--format", "json"]
        let json = Data(try await gateway.command(search).output.utf8)
        let events = try #require(try JSONSerialization.jsonObject(with: json) as? [[String: Any]])
        #expect(events.map { $0["hidden"] as? Int } == [1, nil])
        #expect(events.map { $0["patient"] as? String } == [patient, nil])
        #expect(events.map { $0["outcome"] as? Int } == [8, 8])
        let objects = events.map { ($0["objects"] as? [[String: Any]])?.first }
        #expect(objects.map { $0?["id"] as? String } == [document.uniqueID, "2.999.7.0"])
        let withheld = objects.map { object in
            (object?["details"] as? [[String: String]] ?? []).contains { $0["type"] == "Withheld" }
        }
        #expect(withheld == [true, false])
    }

    /// No query finds it, and its bytes are answered like those of a document that does not exist.
    private static func expectHidden(_ document: DemoDocument, from partner: Partner) async throws {
        #expect(try await partner.find().extrinsicObjects.isEmpty)
        let hidden = try await partner.retrieve([document.uniqueID])
        let absent = try await partner.retrieve(["2.999.7.0"])
        #expect(hidden.documents.isEmpty)
        #expect(hidden.response.status == absent.response.status)
        #expect(
            hidden.response.errors.map { $0.context.replacing(document.uniqueID, with: "") }
                == absent.response.errors.map { $0.context.replacing("2.999.7.0", with: "") })
    }
}
