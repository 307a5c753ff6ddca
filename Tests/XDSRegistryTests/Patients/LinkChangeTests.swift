import FoundationEssentials
import HL7Kit
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("ITI-64: Notify XAD-PID Link Change")
struct LinkChangeTests {
    private static let new = SampleMetadata.patientId
    private static let previous = SampleMetadata.otherPatientId
    /// sourcePatientId of the sample entries.
    private static let local = "P0077^^^&2.999.10.1&ISO"

    private static func message(subsumed: String? = nil) throws -> HL7Message {
        let prior = [previous] + [subsumed].compactMap { $0 }
        return try FeedBench.message(
            "ADT^A43^ADT_A43", "EVN||2026", "PID|||\(new)~P0077^^^ZIS|| ", "MRG|\(prior.joined(separator: "~"))",
            version: "2.5")
    }

    private static func latest(_ bench: RegistryBench, of patient: String) async throws -> [ExtrinsicObject] {
        try await bench.answer(
            .findDocuments(patientId: patient).with(
                "$XDSDocumentEntryStatus",
                "('\(AvailabilityStatus.approved.rawValue)','\(AvailabilityStatus.deprecated.rawValue)')"), .leafClass
        ).extrinsicObjects
    }

    @Test("3.64.4.1.3: entries of the local id get a new version under the new patient, in a new SubmissionSet")
    func moves() async throws {
        try await RegistryBench.with { bench in
            let document = SampleSubmission.single(patientId: Self.previous)
            try await bench.accept(document.sample)
            let stranger = SampleSubmission.single(patientId: Self.previous) {
                $0.object.setSlot(SlotName.sourcePatientId, ["OTHER^^^&2.999.10.1&ISO"])
            }
            try await bench.accept(stranger.sample)
            let before = try await bench.entry(document.id)

            let answer = try await bench.answer(Self.message())
            #expect(answer.code == .accept, "\(answer.text ?? "")")

            #expect(try await Self.latest(bench, of: Self.previous).compactMap(\.entryUUID.uuid) == [stranger.id])
            let moved = try #require(try await Self.latest(bench, of: Self.new).first)
            #expect(moved.entryUUID.uuid != document.id)
            #expect(moved.object.lid == document.id.urn)
            #expect(moved.object.versionInfo?.versionName == "2")
            #expect(moved.object.status == AvailabilityStatus.approved.rawValue)
            #expect(moved.object.slots == before.object.slots, "sourcePatientId stays")
            let scheme = EbRIMVocabulary.Scheme.documentEntryPatientId
            #expect(moved.object.identifiers(scheme: scheme).map(\.value) == [Self.new])
            #expect(moved.object.externalIdentifiers.allSatisfy { $0.registryObject == moved.object.id })
            let old = try await bench.client.query(
                "select status::text, latest, version from document_entry where entry_uuid = \(document.id)")
            #expect(try old.decode(String.self, row: 0, column: 0) == "Deprecated")
            #expect(try old.decode(Bool.self, row: 0, column: 1) == false)
            try await Self.checkSubmissionSet(bench, holds: moved)
        }
    }

    private static func checkSubmissionSet(_ bench: RegistryBench, holds moved: ExtrinsicObject) async throws {
        let set = try #require(try await bench.stored(in: "submission_set").packages.last)
        let values = set.object.externalIdentifiers.compactMap(\.value)
        #expect(values.contains(new) && values.contains("2.999.3.7"))
        #expect(SubmissionSet.decode(set).set != nil, "the set is one that a registry would accept")
        let membership = try await bench.stored(in: "association").associations.first {
            $0.sourceObject == set.object.id
        }
        #expect(membership?.targetObject == moved.object.id)
        #expect(membership?.object.slot(SlotName.submissionSetStatus)?.values == ["Original"])
        #expect(membership?.object.slot(SlotName.previousVersion)?.values == ["1"])
    }

    @Test(
        "relationships between entries that both move are copied to the new versions; a replaced one stays Deprecated")
    func copiesRelationships() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single(patientId: Self.previous)
            try await bench.accept(old.sample)
            var replacement = SampleMetadata.submission(patientId: Self.previous)
            let id = replacement.identify()
            replacement.associate(.replace, from: id.urn, to: old.id.urn)
            try await bench.accept(replacement)
            #expect(try await bench.answer(Self.message()).code == .accept)
            let moved = try await Self.latest(bench, of: Self.new)
            let statuses = Dictionary(uniqueKeysWithValues: moved.map { ($0.object.lid ?? "", $0.object.status ?? "") })
            #expect(
                statuses == [
                    old.id.urn: AvailabilityStatus.deprecated.rawValue, id.urn: AvailabilityStatus.approved.rawValue,
                ])
            let relations = try await bench.stored(in: "association").associations.filter { $0.type == .replace }
            #expect(
                relations.map(\.object.status) == [
                    AvailabilityStatus.deprecated.rawValue, AvailabilityStatus.approved.rawValue,
                ])
            let ids = Dictionary(uniqueKeysWithValues: moved.map { ($0.object.lid ?? "", $0.object.id ?? "") })
            #expect(relations.last?.sourceObject == ids[id.urn] && relations.last?.targetObject == ids[old.id.urn])
        }
    }

    @Test("an entry leaves the folder of the previous patient")
    func leavesFolder() async throws {
        try await RegistryBench.with { bench in
            var sample = SampleMetadata.submission(documents: 1, folders: 1, patientId: Self.previous)
            let id = sample.identify()
            let folder = sample.identifyFolder()
            sample.link(folder: folder.urn, documentEntry: id.urn)
            try await bench.accept(sample)
            #expect(try await bench.answer(Self.message()).code == .accept)
            let approved = try await bench.number(
                "select count(*) from association where source_object = \(folder) and status = 'Approved'")
            #expect(approved == 0)
        }
    }

    @Test("entries of the local id that was merged into it move too")
    func subsumedLocalID() async throws {
        try await RegistryBench.with { bench in
            let document = SampleSubmission.single(patientId: Self.previous) {
                $0.object.setSlot(SlotName.sourcePatientId, ["OLD^^^&2.999.10.1&ISO"])
            }
            try await bench.accept(document.sample)
            #expect(try await bench.answer(Self.message(subsumed: "OLD^^^ZIS")).code == .accept)
            #expect(try await Self.latest(bench, of: Self.new).map(\.object.lid) == [document.id.urn])
        }
    }

    @Test("no entry of the local id: accepted, nothing changes")
    func nothingToMove() async throws {
        try await RegistryBench.with { bench in
            let answer = try await bench.answer(Self.message())
            #expect(answer.code == .accept)
            #expect(try await bench.rowCounts()["submission_set"] == 0)
            #expect(try await bench.number("select count(*) from patient_event where kind <> 'added'") == 0)
        }
    }

    @Test("a subsumed patient takes no part in a link change")
    func subsumedPatient() async throws {
        try await RegistryBench.with { bench in
            try await bench.merge(Self.previous, into: Self.new)
            let answer = try await bench.answer(Self.message())
            #expect(answer.code == .error && answer.problems.first?.location == .init("MRG", 1))
        }
    }

    @Test("MSH-3 must be an OID")
    func sender() async throws {
        try await RegistryBench.with { bench in
            let message = try FeedBench.message(
                "ADT^A43", "PID|||\(Self.new)~P0077^^^ZIS", "MRG|\(Self.previous)", version: "2.5", sender: "EPD")
            let answer = try await bench.answer(message)
            #expect(answer.code == .error && answer.problems.first?.location == .init("MSH", 3))
        }
    }

    @Test("the history of both patients tells of the change, and is append-only")
    func history() async throws {
        try await RegistryBench.with { bench in
            try await bench.accept(SampleSubmission.single(patientId: Self.previous).sample)
            _ = try await bench.answer(Self.message())
            let away = try #require(try await bench.patients.history(of: PatientID(parsing: Self.previous)))
            let here = try #require(try await bench.patients.history(of: PatientID(parsing: Self.new)))
            #expect(
                away.map(\.kind) == ["added", "link moved away"] && here.map(\.kind) == ["added", "link moved here"])
            #expect(away.last?.other == Self.new && here.last?.other == Self.previous)
            #expect(here.last?.objects == 1 && here.last?.transaction == "ITI-64" && here.last?.messageID == "M1")
            for statement: PostgresQuery in [
                "delete from patient_event", "update patient_event set objects = 2", "truncate patient_event",
            ] {
                await #expect(throws: PostgresError.self) { try await bench.client.query(statement) }
            }
        }
    }
}
