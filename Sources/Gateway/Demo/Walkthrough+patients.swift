import Foundation
import XDSMetadata

extension Walkthrough {
    /// A patient is fed, gets a second id by mistake and a document under it, and the two ids are merged.
    func feedPatients(_ transcript: inout Transcript) async throws {
        guard let mllpPort else { return }
        transcript.heading("The hospital's patient feed (ITI-8, HL7 v2 over MLLP and mutual TLS)")
        let patients = DemoRegion.newPatients(2, run: messages.run)
        let (survivor, subsumed) = (patients[0], patients[1])
        let feed = DemoFeed(pki: pki, certificate: "hospital", port: mllpPort)
        let added = try await feed.send(
            patients.enumerated().map { DemoMessages.register(patient: $1, number: "\(messages.run)-\($0)") })
        transcript.check(
            added.allSatisfy { $0.contains("MSA|AA|") }, "A04: \(added.count) ids are known now, acknowledged with AA")
        try await DemoClient.with(pki: pki, certificate: "hospital", address: address) { client in
            let letter = documents[0].copy(uniqueID: "2.999.7.\(messages.run).90")
            let submitted = try await client.post(
                "/xds/repository", package: messages.provideAndRegister([letter], submission: 7, patient: subsumed))
            let merged = try await feed.send([
                DemoMessages.merge(survivor: survivor, subsumed: subsumed, number: "\(messages.run)-merge")
            ])
            transcript.check(
                submitted.text.contains(":Success") && merged.allSatisfy { $0.contains("MSA|AA|") },
                "a document comes in under the second id; A40 merges it into the first")
            var found: [Int] = []
            for patient in patients {
                let answer = try await client.post(
                    "/xds/registry", soap: messages.findDocuments(returnType: "ObjectRef", patient: patient))
                found.append(answer.text.components(separatedBy: "<rim:ObjectRef ").count - 1)
            }
            transcript.check(found == [1, 0], "the document is found under the first id, and nothing under the second")
        }
    }
}

extension DemoRegion {
    /// Invented BSNs that pass the eleven test, others in every run.
    static func newPatients(_ count: Int, run: String) -> [String] {
        let start = 100_000_000 + (Int(run) ?? 0) % 800_000_000
        let numbers = (start...).lazy.map { String($0) }.filter { BSN.passesElevenTest($0) }.prefix(count)
        return Array(numbers).map { "\($0)^^^&\(BSN.assigningAuthority)&ISO" }
    }
}

extension DemoDocument {
    /// The same document as another one.
    fileprivate func copy(uniqueID: String) -> DemoDocument {
        DemoDocument(
            id: id, title: title, mimeType: mimeType, bytes: bytes, uniqueID: uniqueID, formatCode: formatCode,
            typeCode: typeCode)
    }
}
