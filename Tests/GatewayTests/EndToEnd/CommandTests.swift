import Foundation
import Testing
import Trust
import XDSMetadata
import XDSTesting

@testable import Gateway

@Suite("Commands of the administrator")
struct CommandTests {
    @Test(
        "every command explains itself",
        arguments: [
            [], ["serve"], ["demo"], ["migrate"], ["organisation"], ["organisation", "add"], ["organisation", "list"],
            ["organisation", "show"], ["organisation", "suspend"], ["organisation", "resume"],
            ["organisation", "certificate"], ["organisation", "certificate", "add"],
            ["organisation", "certificate", "remove"], ["organisation", "import"], ["organisation", "handshakes"],
            ["organisation", "deviations"],
            ["patient"],
            ["patient", "add"],
            ["patient", "list"],
        ])
    func help(command: [String]) async throws {
        let result = try await GatewayProcess.run(TestSurroundings.gateway(), command + ["--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: xds-gateway \(command.joined(separator: " "))"))
    }

    @Test("a wrong configuration names every key before anything starts")
    func wrongConfiguration() async throws {
        let file = NSTemporaryDirectory() + "xds-wrong-" + UUID().uuidString + ".yaml"
        try """
        server:
          port: eighty
          certificat: server.pem
        repository:
          uniqueId: not-an-oid
          folder: /does/not/exist
        """.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try await GatewayProcess.run(TestSurroundings.gateway(), ["serve", "--config", file])
        #expect(result.status != 0)
        for part in [
            "server.port: must be a whole number", "server.certificat: there is no such key",
            "did you mean server.certificate",
            "server.key: missing", "repository.folder: /does/not/exist is not a folder", "database.conninfo: missing",
            "XDS_DATABASE_CONNINFO",
        ] { #expect(result.errorOutput.contains(part), "\(part) is not in: \(result.errorOutput)") }
    }

    @Test("migrate, organisations and patients: added, listed, shown, refused with a reason")
    func administration() async throws {
        try await GatewayProcess.with { gateway in
            let again = try await gateway.command(["migrate"])
            #expect(again.output.contains("up to date"))

            let list = try await gateway.command(["organisation", "list"])
            for name in ["hospital", "gp", "carehome", "90000001", "ITI-18,ITI-43"] {
                #expect(list.output.contains(name))
            }
            let show = try await gateway.command(["organisation", "show", "carehome"])
            #expect(show.output.contains("Het Hofje") && show.output.contains("SPKI"))
            let byURA = try await gateway.command(["organisation", "show", "90000001"])
            #expect(byURA.output.contains("hospital"))

            let renewed = try await gateway.command(
                ["organisation", "add", "carehome", "--certificate", gateway.pki + "/unregistered.pem"])
            #expect(renewed.status == 0, "\(renewed.errorOutput)")
            let kept = try await gateway.command(["organisation", "show", "carehome"])
            #expect(kept.output.contains("transactions  ITI-18, ITI-43"), "a renewed certificate widened the rights")

            let unknown = try await gateway.command(["organisation", "suspend", "nobody"])
            #expect(unknown.status != 0 && unknown.errorOutput.contains("there is no organisation nobody"))
            let taken = try await gateway.command([
                "organisation", "add", "other", "--name", "Ander", "--ura", "90000001",
            ])
            #expect(taken.status != 0 && taken.errorOutput.contains("belongs to another organisation"))
            let nobody = try await gateway.command(["organisation", "add", "other", "--name", "Ander"])
            #expect(nobody.status != 0 && nobody.errorOutput.contains("--certificate or --ura"))
            let right = try await gateway.command(
                ["organisation", "add", "other", "--name", "Ander", "--ura", "90000077", "--transactions", "ITI-99"])
            #expect(right.status != 0 && right.errorOutput.contains("unknown transaction ITI-99"))

            let patients = try await gateway.command(["patient", "list"])
            #expect(GatewayProcess.patients.allSatisfy(patients.output.contains))
            let known = try await gateway.command(["patient", "add", GatewayProcess.patients[0]])
            #expect(known.status == 0 && known.output.contains("known already"))
            let foreign = try await gateway.command(["patient", "add", "1^^^&2.999.5&ISO"])
            #expect(foreign.status != 0 && foreign.errorOutput.contains("2.16.840.1.113883.2.4.6.3"))
            let malformed = try await gateway.command(["patient", "add", "900186021"])
            #expect(malformed.status != 0 && malformed.errorOutput.contains("CX"))
        }
    }

    @Test("certificates by name, and a file of organisations: tried, taken in, seen without a restart")
    func organisationsOfARegion() async throws {
        try await GatewayProcess.with { gateway in
            let file = gateway.folder + "/region.csv"
            func importing(_ text: String, _ more: [String] = []) async throws -> GatewayProcess.CommandResult {
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                return try await gateway.command(["organisation", "import", file] + more)
            }
            let head = "identifier;name;ura;kind;certificates\n"
            let wrong = try await importing(head + "pharmacy;Apotheek;12;J8;\nnurse;Wijkzorg;x;;\n;Geen naam;13;;\n")
            #expect(wrong.status != 0)
            #expect(wrong.errorOutput.contains("line 3, column 3 (ura)"))
            #expect(wrong.errorOutput.contains("line 4, column 1 (identifier)"))
            let good = head + "pharmacy;Apotheek;12;J8;\nlab;Laboratorium;;;\(gateway.pki)/unregistered.pem\n"
            let tried = try await importing(good, ["--dry-run"])
            #expect(tried.status == 0 && tried.output.contains("would be added: lab, 1 certificate(s)"))
            #expect(try await !gateway.command(["organisation", "list"]).output.contains("pharmacy"))
            #expect(try await importing(good).output.contains("2 organisation(s)"))
            #expect(
                try await gateway.command(["organisation", "show", "00000012"]).output.contains("kind          J8"))

            let lab = Partner(gateway, "unregistered")
            let query = lab.messages.findDocuments(returnType: "ObjectRef")
            try await waitUntil("lab is admitted", within: .seconds(10)) {
                try await lab.post("/xds/registry", soap: query).status == 200
            }
            let certificate = gateway.pki + "/unregistered.pem"
            let last = try await gateway.command(["organisation", "certificate", "remove", "lab", certificate])
            #expect(last.status != 0 && last.errorOutput.contains("the last certificate of lab"))
            let parsed = try Certificate.read(pemFile: certificate)
            let named = try await gateway.command([
                "organisation", "certificate", "add", "lab", "--issuer", parsed.issuer, "--serial", parsed.serialNumber,
            ])
            #expect(named.status == 0, "\(named.errorOutput)")
            #expect(
                try await gateway.command(["organisation", "certificate", "remove", "lab", certificate]).status == 0)
            #expect(try await lab.post("/xds/registry", soap: query).status == 200)
            let gone = try await gateway.command([
                "organisation", "certificate", "remove", "lab", "--serial", parsed.serialNumber, "--issuer",
                parsed.issuer, "--even-the-last",
            ])
            #expect(gone.status == 0, "\(gone.errorOutput)")
            try await waitUntil("lab is refused", within: .seconds(10)) {
                try await lab.post("/xds/registry", soap: query).status == 403
            }
        }
    }

    @Test("serve does not start on a database without its schema, and says what to do")
    func missingMigrations() async throws {
        try await PostgresFixture.withDatabase { conninfo in
            let gateway = try await GatewayProcess(conninfo: conninfo, environment: [:])
            let result = try await gateway.command(["serve"])
            #expect(result.status != 0)
            #expect(result.errorOutput.contains("xds-gateway migrate"))
            await gateway.remove()
        }
    }
}
