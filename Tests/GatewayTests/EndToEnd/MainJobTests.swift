import Foundation
import NIOCore
import Testing
import XDSMetadata

@testable import Gateway

@Suite("The main job, through the daemon as partners see it")
struct MainJobTests {
    @Test("ITI-41, ITI-18, ITI-43: real documents come back byte for byte")
    func submitQueryRetrieve() async throws {
        try await GatewayProcess.with { gateway in
            let hospital = Partner(gateway, "hospital")
            let documents = try DemoDocument.samples(folder: TestSurroundings.documents, run: hospital.messages.run)
            #expect(try await hospital.submit(documents).status == .success)

            let gp = Partner(gateway, "gp")
            let found = try await gp.find()
            #expect(found.extrinsicObjects.count == documents.count)
            let (response, retrieved) = try await Partner(gateway, "carehome").retrieve(documents.map(\.uniqueID))
            #expect(response.status == .success)
            for document in documents { #expect(retrieved[document.uniqueID] == document.bytes, "\(document.title)") }
        }
    }

    @Test("ITI TF-2: 3.18.4.1.2.5: ObjectRef answers hold the ids that LeafClass answers describe")
    func objectRefsAndLeafClassAgree() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let documents = (1...3).map {
                gp.document($0, bytes: .random(2_000, seed: UInt64($0)), title: "Titel \($0) & <é>")
            }
            #expect(try await gp.submit(documents).status == .success)
            let leaves = try await gp.find().extrinsicObjects
            let refs = try await gp.query(gp.messages.findDocuments(returnType: "ObjectRef")).objects.objectRefs
            #expect(Set(leaves.map(\.object.id)) == Set(refs.map(Optional.some)))
            #expect(Set(leaves.compactMap { $0.object.name?.text }) == Set(documents.map(\.title)))
        }
    }

    @Test("same bytes under several uniqueIds are stored once")
    func equalBytesAreStoredOnce() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let bytes = ByteBuffer.random(50_000, seed: 7)
            #expect(
                try await gp.submit([gp.document(1, bytes: bytes), gp.document(2, bytes: bytes)]).status == .success)
            #expect(try await gp.submit([gp.document(3, bytes: bytes)], submission: 2).status == .success)
            #expect(try storedFiles(gateway) == 1)
            let (_, documents) = try await gp.retrieve((1...3).map { "2.999.7.\(gp.messages.run).\($0)" })
            #expect(documents.count == 3)
            #expect(documents.values.allSatisfy { $0 == bytes })
        }
    }

    @Test("ITI TF-2: 3.43.4.2.2: unknown document, unknown repository, some and none")
    func retrievalOfWhatIsNotThere() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let document = gp.document(1, bytes: .random(100, seed: 1))
            #expect(try await gp.submit([document]).status == .success)

            let some = try await gp.retrieve([document.uniqueID, "2.999.7.0"])
            #expect(some.response.status == .partialSuccess)
            #expect(some.response.errors.map(\.code) == [.documentUniqueIdError])
            #expect(some.documents == [document.uniqueID: document.bytes])

            let none = try await gp.retrieve(["2.999.7.0", "2.999.7.00"])
            #expect(none.response.status == .failure)
            #expect(none.response.errors.map(\.code) == [.documentUniqueIdError, .documentUniqueIdError])

            let elsewhere = DemoMessages(patientID: "", repositoryUniqueID: "2.999.99", run: "1")
            let answer = try await gp.post(
                "/xds/repository", package: elsewhere.retrieve(uniqueIDs: [document.uniqueID]))
            #expect(answer.text.contains("XDSUnknownRepositoryId"))
        }
    }

    @Test("ITI TF-3: 4.2.4.1: a refused submission names every error and leaves nothing")
    func refusedSubmissionLeavesNothing() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let response = try await gp.submit(
                [gp.document(1, bytes: .random(100, seed: 1), mimeType: "nonsense")], patient: DemoRegion.unknownPatient
            )
            #expect(response.status == .failure)
            #expect(response.errors.contains { $0.code == .unknownPatientId && $0.context.contains("999999990") })
            #expect(response.errors.contains { $0.code == .metadata && $0.context.contains("mimeType") })
            #expect(try await gp.find(patient: DemoRegion.unknownPatient).extrinsicObjects.isEmpty)
            #expect(try await gp.retrieve(["2.999.7.\(gp.messages.run).1"]).documents.isEmpty)
        }
    }

    @Test("ITI TF-3: 4.2.4.1: a uniqueId that is known with other bytes is refused, with the same bytes accepted")
    func knownUniqueID() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let first = gp.document(1, bytes: .random(100, seed: 1))
            #expect(try await gp.submit([first]).status == .success)
            let other = try await gp.submit([gp.document(1, bytes: .random(101, seed: 2))], submission: 2)
            #expect(other.status == .failure)
            #expect(Set(other.errors.map(\.code)).isSuperset(of: [.nonIdenticalHash, .nonIdenticalSize]))
            #expect(try await gp.submit([first], submission: 3).status == .success)
            #expect(try await gp.retrieve([first.uniqueID]).documents[first.uniqueID] == first.bytes)
        }
    }

    @Test("ITI TF-2: 3.41.4.1.3: hash and size that are not those of the bytes are refused")
    func wrongHash() async throws {
        try await GatewayProcess.with { gateway in
            let gp = Partner(gateway, "gp")
            let document = gp.document(1, bytes: .random(100, seed: 1))
            let package = gp.messages.provideAndRegister([document], submission: 1)
            var body = package.body
            body[2] = .random(99, seed: 3)
            let answer = try await gp.post(
                "/xds/repository", package: .init(contentType: package.contentType, body: body))
            let response = try RegistryResponse(decoding: try Partner.payload(answer))
            #expect(response.status == .failure)
            #expect(
                response.errors.filter { $0.code == .repositoryMetadata }.count == 2,
                "\(response.errors.map(\.context))")
        }
    }

    @Test("ITI TF-3: 4.2.4.1: a query that finds more than the limit is XDSTooManyResults, without objects")
    func tooManyResults() async throws {
        try await GatewayProcess.with(environment: ["XDS_LIMITS_RESULTS": "2"]) { gateway in
            let gp = Partner(gateway, "gp")
            let documents = (1...3).map { gp.document($0, bytes: .random(10, seed: UInt64($0))) }
            #expect(try await gp.submit(Array(documents.prefix(2))).status == .success)
            #expect(try await gp.find().extrinsicObjects.count == 2)
            #expect(try await gp.submit([documents[2]], submission: 2).status == .success)
            let (response, objects) = try await gp.query(gp.messages.findDocuments(returnType: "LeafClass"))
            #expect(response.status == .failure)
            #expect(response.errors.map(\.code) == [.tooManyResults])
            #expect(objects.extrinsicObjects.isEmpty)
        }
    }

    @Test("ITI TF-3: 4.2.4.1: a submission of more objects than the limit is XDSRegistryOutOfResources")
    func tooManyObjects() async throws {
        try await GatewayProcess.with(environment: ["XDS_LIMITS_SUBMISSION_OBJECTS": "10"]) { gateway in
            let gp = Partner(gateway, "gp")
            // A SubmissionSet, and a DocumentEntry and a HasMember for each document.
            let documents = (1...5).map { gp.document($0, bytes: .random(10, seed: UInt64($0))) }
            let refused = try await gp.submit(documents)
            #expect(refused.status == .failure)
            #expect(refused.errors.map(\.code) == [.registryOutOfResources])
            #expect(try storedFiles(gateway) == 0)
            #expect(try await gp.find().extrinsicObjects.isEmpty)
            #expect(try await gp.submit(Array(documents.prefix(4))).status == .success)
            #expect(try await gp.find().extrinsicObjects.count == 4)
        }
    }

    private func storedFiles(_ gateway: GatewayProcess) throws -> Int {
        let enumerator = FileManager.default.enumerator(atPath: gateway.documents + "/objects")
        return enumerator?.compactMap { $0 as? String }.filter { $0.count > 60 }.count ?? 0
    }
}
