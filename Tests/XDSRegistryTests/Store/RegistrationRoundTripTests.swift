import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("What is registered comes back as it was sent")
struct RegistrationRoundTripTests {
    private typealias Scheme = EbRIMVocabulary.Scheme

    /// Texts that would do harm where text is put together, and letters that are more than a byte.
    private static let hostileTexts = [
        "'; drop table document_entry; --",
        "$1 $$ $tag$ $2::text",
        "terug\\slag \\n \\\\ \\' \\",
        "\"quotes\" <rim:Slot name=\"lastUpdateTime\"> &amp; &#0; ]]> <!-- -->",
        "{a,\"b\",NULL} NULL null",
        "%s %_ %% 100%",
        "{{template}} ${jndi:ldap://x} `id` $(id) | ; &",
        "ë ü € ĳ 漢字 🙂 e\u{301} \u{202E}omgekeerd",
        "</rim:ExtrinsicObject><rim:ExtrinsicObject status=\"x\">",
        "\\1 \\2 \\& \\0",
    ]

    /// Parts of an object that a sender fills, apart from ids the registry gives.
    private struct Content: Equatable {
        let slots: [Slot]
        let name: InternationalString?
        let comments: InternationalString?
        let codes: [String?]
        let schemes: [String?]
        let codeNames: [InternationalString?]
        let codeSlots: [[Slot]]
        let identifiers: [String?]

        init(_ object: RegistryObject) {
            slots = object.slots
            name = object.name
            comments = object.comments
            codes = object.classifications.map(\.nodeRepresentation)
            schemes = object.classifications.map { $0.classificationScheme ?? $0.classificationNode }
            codeNames = object.classifications.map(\.object.name)
            codeSlots = object.classifications.map(\.object.slots)
            identifiers = object.externalIdentifiers.map(\.value)
        }
    }

    /// A submission with everything in it: two documents, one of them in a Folder, and a relation.
    private static func wholeSubmission() -> (sample: SampleSubmission, ids: [UUID], folder: UUID) {
        var sample = SampleMetadata.submission(documents: 2, folders: 1)
        let ids = [sample.identify(0), sample.identify(1)]
        let folder = sample.identifyFolder()
        sample.link(folder: folder.urn, documentEntry: ids[0].urn)
        sample.associate(.append, from: ids[1].urn, to: ids[0].urn)
        return (sample, ids, folder)
    }

    @Test("the stored fragments decode to what was sent: entries, set, folder, associations")
    func roundTrips() async throws {
        try await RegistryBench.with { bench in
            let (sample, ids, folder) = Self.wholeSubmission()
            try await bench.accept(sample)
            let sent = sample.completed().objects
            for (id, entry) in zip(ids, sent.extrinsicObjects) {
                let stored = try await bench.entry(id)
                #expect(Content(stored.object) == Content(entry.object))
                #expect(stored.mimeType == entry.mimeType)
                let attributes = try #require(DocumentEntry.decode(stored).entry)
                let original = try #require(DocumentEntry.decode(entry).entry)
                #expect(attributes.entryUUID == original.entryUUID)
                #expect(attributes.patientId == original.patientId)
                #expect(attributes.uniqueId == original.uniqueId)
                #expect(attributes.codes == original.codes)
                #expect(attributes.times == original.times)
                #expect(attributes.content == original.content)
                #expect(attributes.authors == original.authors)
                #expect(attributes.sourcePatientInfo == original.sourcePatientInfo)
                #expect(attributes.availabilityStatus == .approved)
                #expect(attributes.logicalID == original.entryUUID)
                #expect(attributes.version == 1)
            }
            let set = try #require(try await bench.stored(in: "submission_set").packages.first)
            #expect(Content(set.object) == Content(sample.submissionSet.object))
            let stored = try #require(try await bench.stored(in: "folder").packages.first)
            #expect(stored.entryUUID == .uuid(folder))
            var storedFolder = stored.object
            #expect(storedFolder.slot(SlotName.lastUpdateTime) != nil)
            storedFolder.slots.removeAll { $0.name == SlotName.lastUpdateTime }
            #expect(Content(storedFolder) == Content(sample.folder.object))
        }
    }

    @Test("associations are stored with their ends resolved, in the columns as in the fragment")
    func storesAssociations() async throws {
        try await RegistryBench.with { bench in
            let (sample, ids, folder) = Self.wholeSubmission()
            try await bench.accept(sample)
            let set = try #require(try await bench.stored(in: "submission_set").packages.first?.entryUUID.uuid)
            let associations = try await bench.stored(in: "association").associations
            #expect(associations.count == sample.objects.associations.count)
            let membership = try #require(associations.first { $0.source == .uuid(folder) })
            let ends = Set(associations.map { [$0.associationType ?? "", $0.source.text, $0.target.text] })
            let hasMember = AssociationType.hasMember.rawValue
            #expect(
                ends == [
                    [hasMember, set.urn, ids[0].urn], [hasMember, set.urn, ids[1].urn],
                    [hasMember, set.urn, folder.urn],
                    [hasMember, folder.urn, ids[0].urn], [hasMember, set.urn, membership.object.id ?? ""],
                    [AssociationType.append.rawValue, ids[1].urn, ids[0].urn],
                ])
            for association in associations {
                let same = try await bench.number(
                    """
                    select count(*) from association where entry_uuid = \(association.object.entryUUID.uuid)
                    and source_object = \(association.source.uuid) and target_object = \(association.target.uuid)
                    and association_type = \(association.associationType ?? "") and status = 'Approved'
                    and submission_set = \(set)
                    """)
                #expect(same == 1)
            }
            let originals = associations.filter { $0.object.slot(SlotName.submissionSetStatus)?.values == ["Original"] }
            #expect(Set(originals.map(\.target)) == Set(ids.map { .uuid($0) }))
        }
    }

    @Test("the columns of an entry hold what filters compare with")
    func fillsColumns() async throws {
        try await RegistryBench.with { bench in
            let reference = "ref1^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"
            let (sample, id) = SampleSubmission.single { entry in
                entry.setCodes(Scheme.eventCodeList, [.test("E1"), .test("E2")])
                entry.object.setSlot(SlotName.creationTime, ["2024"])
                entry.object.setSlot(SlotName.referenceIdList, [reference])
            }
            try await bench.accept(sample)
            let row = try await bench.client.query(
                """
                select class_code, event_codes, creation_time, service_start_time, author_persons, reference_ids, size,
                    hash, repository_unique_id, patient_id, e.status::text, version, latest, logical_id
                from document_entry e join patient using (patient_key)
                """)
            let digest = try #require(sample.documents[0].digest)
            #expect(try row.decode(String.self, row: 0, column: 0) == "REPORTS^^2.999.20.1")
            #expect(try row.decode([String].self, row: 0, column: 1) == ["E1^^2.999.77", "E2^^2.999.77"])
            #expect(try row.decode(String.self, row: 0, column: 2) == "20240101000000")
            #expect(try row.decode(String.self, row: 0, column: 3) == "20250301080000")
            #expect(try row.decode([String].self, row: 0, column: 4) == ["12345^de Vries^Karin^^^dr.^^^&2.999.40&ISO"])
            #expect(try row.decode([String].self, row: 0, column: 5) == [reference])
            #expect(try row.decode(Int64.self, row: 0, column: 6) == digest.size)
            #expect(try row.decode([UInt8].self, row: 0, column: 7) == digest.hash.bytes)
            #expect(try row.decode(String.self, row: 0, column: 8) == SampleMetadata.repositoryUniqueId)
            #expect(try row.decode(String.self, row: 0, column: 9) == SampleMetadata.patientId)
            #expect(try row.decode(String.self, row: 0, column: 10) == "Approved")
            #expect(try row.decode(Int32.self, row: 0, column: 11) == 1)
            #expect(try row.decode(Bool.self, row: 0, column: 12))
            #expect(try row.decode(UUID.self, row: 0, column: 13) == id)
        }
    }

    @Test("who submitted is kept with the SubmissionSet")
    func keepsSubmitter() async throws {
        try await RegistryBench.with { bench in
            try await bench.accept(SampleSubmission.single().sample)
            #expect(
                try await bench.text("select submitted_by from submission_set") == RegistryBench.caller.organisation)
        }
    }

    @Test("hostile text in every attribute is stored and returned as it is", arguments: hostileTexts)
    func keepsHostileText(_ text: String) async throws {
        try await RegistryBench.with { bench in
            var sample = SampleMetadata.submission(folders: 1)
            let id = sample.identify()
            let person = "id1^\(text)^\(text)"
            sample.documentEntry.setAuthors([person])
            for scheme in [Scheme.classCode, Scheme.eventCodeList, Scheme.confidentialityCode] {
                sample.documentEntry.setCodes(scheme, [CodedValue(code: text, codingScheme: text, displayName: text)])
            }
            Self.poison(&sample.documentEntry.object, text)
            Self.poison(&sample.folder.object, text)
            Self.poison(&sample.submissionSet.object, text)
            sample.documentEntry.object.setSlot(SlotName.uri, [text])
            sample.documentEntry.object.setSlot(SlotName.sourcePatientInfo, ["PID-5|\(text)"])
            sample.documentEntry.object.setSlot(SlotName.legalAuthenticator, [person])
            if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { sample.documentEntry.uniqueId = text }
            let before = try await bench.rowCounts()
            try await bench.accept(sample)

            let stored = try await bench.entry(id)
            #expect(Content(stored.object) == Content(sample.completed().documentEntry.object))
            let set = try #require(try await bench.stored(in: "submission_set").packages.first)
            #expect(Content(set.object) == Content(sample.submissionSet.object))
            let folder = try #require(try await bench.stored(in: "folder").packages.first)
            #expect(folder.object.name == sample.folder.object.name)
            #expect(try await bench.rowCounts()["document_entry"] == (before["document_entry"] ?? 0) + 1)

            let code = CodedValue(code: text, codingScheme: text, displayName: text)
            let found = try await bench.find(
                .findDocuments().with("$XDSDocumentEntryClassCode", "(\(code.literal))")
                    .with("$XDSDocumentEntryEventCodeList", "(\(code.literal))")
                    .with("$XDSDocumentEntryConfidentialityCode", "(\(code.literal))"))
            #expect(found == [id])
        }
    }

    private static func poison(_ object: inout RegistryObject, _ text: String) {
        object.name = InternationalString(text, language: "nl-NL")
        object.comments = InternationalString(text, language: "nl-NL")
        object.slots.append(Slot(name: "urn:example:extra", values: [text, " \(text) "]))
    }

    @Test("texts of the greatest length are kept whole")
    func keepsLongText() async throws {
        try await RegistryBench.with { bench in
            let (sample, id) = SampleSubmission.single { entry in
                entry.object.comments = InternationalString(String(repeating: "€", count: 1024))
                entry.setCodes(
                    Scheme.eventCodeList, (0..<200).map { .test(String(repeating: "c", count: 250) + "\($0)") })
            }
            try await bench.accept(sample)
            #expect(Content(try await bench.entry(id).object) == Content(sample.completed().documentEntry.object))
        }
    }

    @Test("hundred documents in one submission are one transaction")
    func registersMany() async throws {
        try await RegistryBench.with { bench in
            try await bench.accept(SampleMetadata.submission(documents: 100))
            #expect(try await bench.find(.findDocuments()).count == 100)
            #expect(try await bench.number("select count(distinct registered_at) from document_entry") == 1)
        }
    }
}
