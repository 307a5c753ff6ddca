import Foundation
import NIOCore
import Testing
import XDSMetadata

@testable import Gateway

@Suite("What partners send differently: understood, counted, told, and refused on request")
struct DeviationTests {
    /// A query whose code and time are written as some partners do.
    private func habitualQuery(_ partner: Partner) -> String {
        partner.messages.findDocuments(returnType: "ObjectRef").replacing(
            "</rim:AdhocQuery>",
            with: """
                <rim:Slot name="$XDSDocumentEntryTypeCode"><rim:ValueList><rim:Value>('371531000^^ 2.16.840.1.113883.6.96')\
                </rim:Value></rim:ValueList></rim:Slot><rim:Slot name="$XDSDocumentEntryCreationTimeFrom"><rim:ValueList>\
                <rim:Value>'2001'</rim:Value></rim:ValueList></rim:Slot></rim:AdhocQuery>
                """)
    }

    /// The request of ITI-41 without the objectType of its Classifications.
    private func habitualSubmission(_ partner: Partner, _ document: DemoDocument, _ number: Int) -> DemoMessages.Package
    {
        let package = partner.messages.provideAndRegister([document], submission: number)
        let type = " objectType=\"\(DemoMessages.objectType)Classification\""
        return DemoMessages.Package(
            contentType: package.contentType,
            body: package.body.enumerated().map { index, part in
                index == 0 ? ByteBuffer(string: String(buffer: part).replacing(type, with: "")) : part
            })
    }

    @Test("the demo's own messages depart from nothing")
    func demoIsClean() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            #expect(try await gp.submit([gp.document(1, bytes: .random(100, seed: 1))]).status == .success)
            _ = try await gp.find()
            #expect(try await !gateway.operations("/metrics").body.contains("xds_deviations_total{"))
        }
    }

    @Test("lenient: counted in /metrics and told by organisation deviations, after a stop too")
    func lenient() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let document = gp.document(1, bytes: .random(100, seed: 1))
            let answer = try await gp.post("/xds/repository", package: habitualSubmission(gp, document, 1))
            #expect(try RegistryResponse(decoding: Partner.payload(answer)).status == .success)
            let (response, objects) = try await gp.query(habitualQuery(gp))
            #expect(response.status == .success && objects.objectRefs.count == 1)
            let metrics = try await gateway.operations("/metrics").body
            for line in [
                #"xds_deviations_total{organisation="gp",transaction="ITI-41",deviation="missingObjectType"} 1"#,
                #"xds_deviations_total{organisation="gp",transaction="ITI-18",deviation="quotedDTM"} 1"#,
                #"xds_deviations_total{organisation="gp",transaction="ITI-18",deviation="strayWhitespaceInCode"} 1"#,
            ] { #expect(metrics.contains(line + "\n"), "\(line)") }
            #expect(await gateway.terminate() == 0)
            let told = try await gateway.command(["organisation", "deviations", "90000002"])
            for part in [
                "gp  ITI-41  missingObjectType: 1 message", Deviation.missingObjectType.remedy, "gp  ITI-18  quotedDTM",
                Deviation.quotedDTM.habit,
            ] { #expect(told.output.contains(part), "\(part) is not in: \(told.output)\(told.errorOutput)") }
            let other = try await gateway.command(["organisation", "deviations", "hospital"])
            #expect(other.output.contains("no deviations were noticed"))
            let all = try await gateway.command(["organisation", "deviations"])
            #expect(all.output == told.output)
            let nobody = try await gateway.command(["organisation", "deviations", "nobody"])
            #expect(nobody.status != 0 && nobody.errorOutput.contains("there is no organisation nobody"))
        }
    }

    @Test("strict: the same messages are refused, with words for what is wrong and what would be right")
    func strict() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            #expect(try await gateway.command(["organisation", "add", "gp", "--reading", "strict"]).status == 0)
            let document = gp.document(1, bytes: .random(100, seed: 1))
            try await waitUntil("the daemon has seen the change", within: .seconds(30)) {
                try await gp.query(habitualQuery(gp)).response.status == .failure
            }
            let (query, _) = try await gp.query(habitualQuery(gp))
            #expect(query.errors.map(\.code) == [.registryError, .registryError])
            #expect(query.errors.contains { $0.context.contains(Deviation.quotedDTM.remedy) })
            let answer = try await gp.post("/xds/repository", package: habitualSubmission(gp, document, 1))
            let response = try RegistryResponse(decoding: Partner.payload(answer))
            #expect(response.status == .failure)
            #expect(response.errors.map(\.code) == [.repositoryMetadata])
            #expect(response.errors.first?.context.contains(Deviation.missingObjectType.habit) == true)
            #expect(try await gp.submit([document], submission: 2).status == .success, "a right message passes")
        }
    }
}
