import AuditTrail
import Foundation
import NIOCore
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("xds-gateway audit", .serialized)
struct AuditCommandTests {
    @Test("search, patient-report, verify and prune on the trail of real requests; reading is recorded")
    func commands() async throws {
        try await GatewayProcess.with { gateway in
            let hospital = Partner(gateway, "hospital")
            let gp = Partner(gateway, "gp")
            let document = hospital.document(1, bytes: .random(1_000, seed: 1))
            #expect(try await hospital.submit([document]).status == .success)
            _ = try await gp.find()
            _ = try await gp.retrieve([document.uniqueID])
            let patient = GatewayProcess.patients[0]
            let number = String(patient.prefix { $0 != "^" })

            let table = try await run(gateway, ["search", "--patient", number])
            #expect(table.contains("ITI-41"))
            #expect(table.contains("ITI-43"))
            let json = try await run(gateway, ["search", "--organisation", "gp", "--format", "json"])
            let events = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
            #expect(events.map { $0["kind"] as? String } == ["ITI-18", "ITI-43"])
            #expect(events.allSatisfy { $0["patient"] as? String == patient })
            #expect(events.first?["hidden"] as? Int == 0)
            let grounds = try #require(events.first?["grounds"] as? [String: String])
            #expect(grounds["consent"] == "off")
            #expect(grounds["authorisation"] != nil && grounds["checks"] != nil)
            let csv = try await run(gateway, ["search", "--transaction", "ITI-43", "--format", "csv"])
            let lines = csv.split(whereSeparator: \.isNewline)
            #expect(lines.first?.hasPrefix("event,time,kind,") == true)
            #expect(lines.last?.contains(",\"rights of the organisation: transaction,") == true)
            #expect(lines.count == 2)
            #expect(lines.last?.contains(document.uniqueID) == true)
            let read = try await run(gateway, ["search", "--transaction", "audit-log-used", "--patient", number])
            #expect(read.split(separator: "\n").count >= 3, "both searches for the patient, with this one")

            let dutch = try await run(gateway, ["patient-report", number])
            #expect(dutch.contains("De Esch"))
            #expect(dutch.contains("Opende 1 document"))
            #expect(dutch.contains("Stelde gegevens over u beschikbaar"))
            let html = try await run(gateway, ["patient-report", patient, "--language", "en", "--format", "html"])
            #expect(html.contains("<html lang=\"en\">"))
            #expect(html.contains("Opened 1 document"))

            #expect(try await run(gateway, ["verify"]).contains("The audit trail is whole."))
            #expect(try await run(gateway, ["key"]).contains("BEGIN PUBLIC KEY"))
            #expect(try await run(gateway, ["prune"]).contains("No segment is past its retention."))
            let wrong = try await gateway.command(["audit", "search", "--transaction", "ITI-99"])
            #expect(wrong.status != 0)
            #expect(wrong.errorOutput.contains("ITI-43"))
        }
    }

    @Test(
        "changes by commands are recorded as before and after, by the node of the configuration, and can be taken back")
    func administration() async throws {
        try await GatewayProcess.with(environment: ["XDS_AUDIT_NODE": "node-7.example"]) { gateway in
            func organisation(_ arguments: [String]) async throws -> GatewayProcess.CommandResult {
                try await gateway.command(["organisation", "add", "gp"] + arguments)
            }
            let code = "N^^2.16.840.1.113883.5.25"
            for arguments in [
                ["--source-id", "2.999.3.1", "--kind", "Z3", "--contact", "042", "--confidentiality-code", code],
                ["--source-id", "any", "--clear", "kind", "--clear", "contact", "--any-code"],
            ] {
                let result = try await organisation(arguments)
                #expect(result.status == 0, "\(result.errorOutput)")
            }
            let shown = try await gateway.command(["organisation", "show", "gp"]).output
            #expect(shown.contains("sourceIds     any\n") && shown.contains("kind          -\n"))
            #expect(try await organisation(["--clear", "kind", "--kind", "Z3"]).status != 0)
            #expect(try await organisation(["--source-id", "any", "--source-id", "2.999.3.1"]).status != 0)
            let bare = try await organisation(["--clear", "ura"])
            #expect(bare.status != 0 && bare.errorOutput.contains("nobody could connect as gp"))
            let consent = try await gateway.command([
                "consent", "set", GatewayProcess.patients[0], "given", "--source", "desk", "--date", "2026-10-31",
            ])
            #expect(consent.status == 0, "\(consent.errorOutput)")

            let events = try await run(gateway, ["search", "--transaction", "administration", "--format", "json"])
            for change in [
                "kind: - -> Z3", "sourceIds: any -> 2.999.3.1", "confidentialityCodes: any -> \(code)",
                "contact: - -> 042", "kind: Z3 -> -", "sourceIds: 2.999.3.1 -> any",
                "confidentialityCodes: \(code) -> any", "contact: 042 -> -", "2026-10-31",
            ] { #expect(events.contains("\"value\" : \"\(change)\""), "\(change)") }
            #expect(events.contains("\"node\" : \"node-7.example\""))
            let nodes = events.split(separator: "\n").filter { $0.contains("\"node\" : ") }
            #expect(Set(nodes).count == 1)
        }
    }

    @Test("A long list of codes is recorded to its end, in pieces that the trail does not cut")
    func pieces() {
        let codes = (0..<200).map { "code-\($0)^^2.16.840.1.113883.5.25" }
        let text = "classCodes: any -> " + codes.joined(separator: " ")
        let pieces = AdministrationRecord.pieces(text)
        #expect(pieces.count > 5)
        #expect(pieces.allSatisfy { $0.utf8.count <= 1_024 })
        #expect(pieces.joined(separator: " ") == text)
        #expect(AdministrationRecord.pieces("kind: - -> Z3") == ["kind: - -> Z3"])
    }

    @Test("verify tells which event was changed, and misses a tail that was cut off with the head put back")
    func tampering() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            try await GatewayProcess.with(conninfo: conninfo) { gateway in
                let gp = Partner(gateway, "gp")
                for _ in 0..<5 { _ = try await gp.find() }
                await gateway.terminate()
                try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { client in
                    func tamper(_ statement: String) async throws {
                        try await client.withTransaction { transaction in
                            _ = try await transaction.execute([
                                "set local session_replication_role = replica", PostgresQuery(unescaped: statement),
                            ])
                        }
                    }
                    let last = try await client.query("select max(sequence) from audit_event")
                        .decode(Int64.self, row: 0, column: 0)
                    try await tamper("update audit_event set organisation = 'hospital' where sequence = \(last - 2)")
                    let changed = try await gateway.command(["audit", "verify"])
                    #expect(changed.status == 1)
                    #expect(changed.output.contains("event \(last - 2): its hash does not follow"))
                    try await tamper("update audit_event set organisation = 'gp' where sequence = \(last - 2)")
                    #expect(try await gateway.command(["audit", "verify"]).status == 0)
                    try await tamper("delete from audit_event where sequence = \(last)")
                    try await tamper("delete from audit_checkpoint where sequence >= \(last)")
                    try await tamper(
                        "update audit_head set (sequence, hash) = (select sequence, hash from audit_event where sequence = \(last - 1))"
                    )
                    let cut = try await gateway.command(["audit", "verify"])
                    #expect(cut.status == 1)
                    #expect(cut.output.contains("the trail was cut off: it ends with event \(last - 1)"))
                }
            }
        }
    }

    @Test("Commands sign what they record; without the key they change and show nothing, and say what is missing")
    func signedCommands() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            try await GatewayProcess.with(conninfo: conninfo) { gateway in
                let commands = [
                    ["organisation", "suspend", "gp"],
                    ["consent", "set", GatewayProcess.patients[0], "given", "--source", "desk"],
                    ["consent", "show", GatewayProcess.patients[0]], ["patient", "list"],
                    ["audit", "search", "--organisation", "gp"],
                ]
                let text = try String(contentsOfFile: gateway.configurationFile, encoding: .utf8)
                let file = gateway.configurationFile + ".unsigned"
                let lines = text.split(separator: "\n").filter { !$0.contains("signingKey") }
                try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
                for command in commands {
                    let result = try await GatewayProcess.run(
                        TestSurroundings.gateway(), command + ["--config", file])
                    #expect(result.status != 0, "\(command)")
                    #expect(result.errorOutput.contains("set audit.signingKey"), "\(command): \(result.errorOutput)")
                    #expect(result.output.isEmpty, "\(command)")
                }
                #expect(try await gateway.command(["organisation", "show", "gp"]).output.contains("active"))
                for command in commands { #expect(try await gateway.command(command).status == 0, "\(command)") }
                let verified = try await gateway.command(["audit", "verify"])
                #expect(verified.status == 0, "\(verified.output)")
                #expect(verified.output.contains("unsigned events before them: 0"))

                await gateway.terminate()
                let daemon = try await GatewayProcess.run(
                    "/usr/bin/timeout", ["60", TestSurroundings.gateway(), "serve", "--config", file])
                #expect(daemon.status != 0 && daemon.status != 124, "it did not end by itself")
                #expect((daemon.output + daemon.errorOutput).contains("set audit.signingKey"))
            }
        }
    }

    @Test("A registration whose daemon died before its event was written is recorded afterwards, once")
    func unrecordedSubmission() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            try await GatewayProcess.with(conninfo: conninfo) { gateway in
                let hospital = Partner(gateway, "hospital")
                let document = hospital.document(1, bytes: .random(1_000, seed: 1))
                #expect(try await hospital.submit([document]).status == .success)
                await gateway.terminate()
                try await PostgresFixture.withClient(PostgresConfiguration(conninfo: conninfo)) { client in
                    // The registration as a crash leaves it: the row is there, an event of that name is not.
                    _ = try await client.query("update submission_set set unique_id = '2.999.77.1'")
                    // The sender tried again and was told that it is a duplicate.
                    var retry = AuditEvent(.provideAndRegisterDocumentSet, outcome: .seriousFailure)
                    retry.submissionSet = "2.999.77.1"
                    let key = try AuditSigningKey(pemFile: gateway.pki + "/audit.key")
                    try await AuditJournal(
                        client: client, source: .thisProcess(node: "node"), key: key,
                        logger: PostgresFixture.silentLogger
                    ).append([retry])
                    let service = UnrecordedSubmissions(
                        client: client, source: .thisProcess(node: "node"), key: key, grace: .zero,
                        logger: PostgresFixture.silentLogger)
                    #expect(try await service.record() == 1)
                    #expect(try await service.record() == 0)
                    var search = AuditSearch()
                    search.kinds = [.provideAndRegisterDocumentSet]
                    let event = try #require(try await search.run(on: client).last?.event)
                    #expect(event.submissionSet == "2.999.77.1")
                    #expect(event.patient == GatewayProcess.patients[0])
                    #expect(event.organisation == "hospital")
                    #expect(event.outcome == .minorFailure)
                }
                #expect(try await gateway.command(["audit", "verify"]).status == 0)
            }
        }
    }

    private func run(_ gateway: GatewayProcess, _ arguments: [String]) async throws -> String {
        let result = try await gateway.command(["audit"] + arguments)
        #expect(result.status == 0, "\(arguments): \(result.errorOutput)")
        return result.output
    }
}
