import Foundation
import NIOCore
import Testing
import XDSMetadata
import XDSTesting
import XMLKit

@testable import Gateway

@Suite("Updates and removals, through the daemon as partners see them")
struct MetadataUpdateTests {
    private static let patient = GatewayProcess.patients[0]

    /// Posts a message and reads its RegistryResponse.
    private static func send(
        _ message: SampleMessage, _ partner: Partner, path: String = "/xds/registry"
    ) async throws -> RegistryResponse {
        let answer = try await partner.post(path, soap: String(buffer: message.body))
        return try RegistryResponse(decoding: Partner.payload(answer))
    }

    /// A new version of an entry as a query showed it.
    private static func newVersion(_ entry: ExtrinsicObject, _ previous: Int) throws -> SampleSubmission {
        var update = SampleMetadata.update(patientId: patient)
        let logicalID = try #require(entry.object.lid.flatMap { EntryUUID($0).uuid })
        update.update(entry, logicalID: logicalID, previousVersion: previous)
        return update
    }

    /// Ids of all objects of the patient, of every version and status.
    private static func everything(_ partner: Partner) async throws -> [String] {
        let statuses = "('\(AvailabilityStatus.approved.rawValue)','\(AvailabilityStatus.deprecated.rawValue)')"
        let query = SampleQuery(
            id: StoredQueryID.getAll.rawValue, returnType: "ObjectRef",
            parameters: [
                Slot(name: "$patientId", values: ["'\(patient)'"]), Slot(name: "$MetadataLevel", values: ["2"]),
            ]
                + ["DocumentEntry", "SubmissionSet", "Folder"].map {
                    Slot(name: "$XDS\($0)Status", values: [statuses])
                } + [Slot(name: "$XDSAssociationStatus", values: [statuses])])
        return try await partner.query(String(buffer: SampleMessage.query(query).body)).objects.objectRefs
    }

    @Test("ITI-57, ITI-92, ITI-62, ITI-86: what a query shows is updated twice, then metadata and document are removed")
    func updatesAndRemoves() async throws {
        try await GatewayProcess.with { gateway in
            let hospital = Partner(gateway, "hospital")
            let document = hospital.document(1, bytes: .random(1_000, seed: 3))
            #expect(try await hospital.submit([document]).status == .success)

            var entry = try #require(try await hospital.find().extrinsicObjects.first)
            entry.object.name = InternationalString("Verbeterde titel")
            #expect(try await Self.send(.update(Self.newVersion(entry, 1)), hospital).errors == [])
            entry = try #require(try await hospital.find().extrinsicObjects.first)
            #expect(entry.object.name?.text == "Verbeterde titel")
            #expect(entry.object.versionInfo?.versionName == "2")
            let restricted = try Self.newVersion(entry, 2)
            #expect(try await Self.send(.update(restricted, by: .restrictedUpdateDocumentSet), hospital).errors == [])
            #expect(try await hospital.find().extrinsicObjects.first?.object.versionInfo?.versionName == "3")

            let ids = try await Self.everything(hospital)
            #expect(ids.count == 9, "three versions, SubmissionSets and HasMembers")
            #expect(try await Self.send(.remove(ids), hospital).errors == [])
            #expect(try await Self.everything(hospital) == [])
            let requests: [RetrieveDocumentSetRequest.DocumentRequest] = [
                .init(repositoryUniqueId: GatewayProcess.repositoryUniqueID, documentUniqueId: document.uniqueID)
            ]
            #expect(try await hospital.retrieve([document.uniqueID]).response.status == .success)
            let removed = try await Self.send(.removeDocuments(requests), hospital, path: "/xds/repository")
            #expect(removed.status == .success)
            #expect(
                try await hospital.retrieve([document.uniqueID]).response.errors.map(\.code) == [.documentUniqueIdError]
            )
        }
    }

    @Test("an organisation without these rights gets HTTP 403 and nothing is changed")
    func refusesWithoutRight() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            #expect(try await gp.submit([gp.document(1, bytes: .random(100, seed: 4))]).status == .success)
            let update = try Self.newVersion(try #require(try await gp.find().extrinsicObjects.first), 1)
            let messages: [(SampleMessage, String)] = [
                (.update(update), "/xds/registry"),
                (.update(update, by: .restrictedUpdateDocumentSet), "/xds/registry"),
                (.remove(try await Self.everything(gp)), "/xds/registry"),
                (.removeDocuments([.init(repositoryUniqueId: "1", documentUniqueId: "2")]), "/xds/repository"),
            ]
            for (message, path) in messages {
                let answer = try await gp.post(path, soap: String(buffer: message.body))
                #expect(answer.status == 403)
                #expect(answer.text.contains("may not call this transaction"))
            }
            #expect(try await gp.find().extrinsicObjects.first?.object.versionInfo?.versionName == "1")
        }
    }
}
