import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("FindDocuments on PostgreSQL")
struct FindDocumentsTests {
    private typealias Scheme = EbRIMVocabulary.Scheme

    /// A filter on an attribute with one code: its parameter and the scheme of its Classification.
    struct CodeFilter: Sendable, CustomTestStringConvertible {
        let parameter: String
        let scheme: String

        var testDescription: String { parameter }

        static let all = [
            CodeFilter(parameter: "$XDSDocumentEntryClassCode", scheme: Scheme.classCode),
            CodeFilter(parameter: "$XDSDocumentEntryTypeCode", scheme: Scheme.typeCode),
            CodeFilter(parameter: "$XDSDocumentEntryFormatCode", scheme: Scheme.formatCode),
            CodeFilter(parameter: "$XDSDocumentEntryPracticeSettingCode", scheme: Scheme.practiceSettingCode),
            CodeFilter(
                parameter: "$XDSDocumentEntryHealthcareFacilityTypeCode", scheme: Scheme.healthcareFacilityTypeCode),
        ]
        static let lists = [
            CodeFilter(parameter: "$XDSDocumentEntryEventCodeList", scheme: Scheme.eventCodeList),
            CodeFilter(parameter: "$XDSDocumentEntryConfidentialityCode", scheme: Scheme.confidentialityCode),
        ]
    }

    // MARK: Codes

    @Test("3.18.4.1.2.3.7.1: a code filter finds code and scheme, any of the list", arguments: CodeFilter.all)
    func findsByCode(_ filter: CodeFilter) async throws {
        try await RegistryBench.with { bench in
            let (x, y) = (CodedValue.test("X"), CodedValue.test("Y"))
            let first = SampleSubmission.single { $0.setCodes(filter.scheme, [x]) }
            let second = SampleSubmission.single { $0.setCodes(filter.scheme, [y]) }
            try await bench.accept(first.sample)
            try await bench.accept(second.sample)
            let query = SampleQuery.findDocuments()
            #expect(try await bench.find(query) == [first.id, second.id])
            #expect(try await bench.find(query.with(filter.parameter, "(\(x.literal))")) == [first.id])
            #expect(
                try await bench.find(query.with(filter.parameter, "(\(y.literal), \(x.literal))")) == [
                    first.id, second.id,
                ])
            #expect(
                try await bench.find(query.with(filter.parameter, "(\(y.literal))", "(\(x.literal))")) == [
                    first.id, second.id,
                ],
                "several Values of one Slot are one list")
            #expect(try await bench.find(query.with(filter.parameter, "('X^^2.999.78')")) == [], "another scheme")
            #expect(
                try await bench.find(query.with(filter.parameter, "('x^^2.999.77')")) == [],
                "codes are compared exactly")
            let others = CodeFilter.all.filter { $0.parameter != filter.parameter }
            for other in others {
                #expect(try await bench.find(query.with(other.parameter, "(\(x.literal))")) == [], "\(other.parameter)")
            }
        }
    }

    @Test(
        "3.18.4.1.2.3.5: codes of one Slot are alternatives, several Slots are joined by AND",
        arguments: CodeFilter.lists)
    func joinsGroups(_ filter: CodeFilter) async throws {
        try await RegistryBench.with { bench in
            let (e1, e2, e3) = (CodedValue.test("E1"), CodedValue.test("E2"), CodedValue.test("E3"))
            let both = SampleSubmission.single { $0.setCodes(filter.scheme, [e1, e2]) }
            let one = SampleSubmission.single { $0.setCodes(filter.scheme, [e1]) }
            let three = SampleSubmission.single { $0.setCodes(filter.scheme, [e3]) }
            let plain = SampleSubmission.single()
            for submission in [both, one, three, plain] { try await bench.accept(submission.sample) }
            let query = SampleQuery.findDocuments()
            let (l1, l2, l3) = ("(\(e1.literal))", "(\(e2.literal))", "(\(e3.literal))")
            #expect(try await bench.find(query) == [both.id, one.id, three.id, plain.id])
            #expect(try await bench.find(query.adding(filter.parameter, l1)) == [both.id, one.id])
            #expect(try await bench.find(query.adding(filter.parameter, l1, l3)) == [both.id, one.id, three.id])
            #expect(try await bench.find(query.adding(filter.parameter, l1).adding(filter.parameter, l2)) == [both.id])
            #expect(
                try await bench.find(query.adding(filter.parameter, l1, l3).adding(filter.parameter, l2, l3)) == [
                    both.id, three.id,
                ])
            #expect(try await bench.find(query.adding(filter.parameter, l1).adding(filter.parameter, l3)) == [])
        }
    }

    @Test("codes of the two lists do not mix, and all filters are joined by AND")
    func joinsFilters() async throws {
        try await RegistryBench.with { bench in
            let code = CodedValue.test("E1")
            let event = SampleSubmission.single { $0.setCodes(Scheme.eventCodeList, [code]) }
            let confidential = SampleSubmission.single { $0.setCodes(Scheme.confidentialityCode, [code]) }
            let both = SampleSubmission.single {
                $0.setCodes(Scheme.eventCodeList, [code])
                $0.setCodes(Scheme.confidentialityCode, [code])
            }
            for submission in [event, confidential, both] { try await bench.accept(submission.sample) }
            let query = SampleQuery.findDocuments()
            let byEvent = query.with("$XDSDocumentEntryEventCodeList", "(\(code.literal))")
            #expect(try await bench.find(byEvent) == [event.id, both.id])
            #expect(
                try await bench.find(byEvent.with("$XDSDocumentEntryConfidentialityCode", "(\(code.literal))")) == [
                    both.id
                ])
        }
    }

    // MARK: Times

    @Test("3.18.4.1.2.3.3: from is included, to is not, and each time counts as its earliest instant")
    func findsByCreationTime() async throws {
        try await RegistryBench.with { bench in
            let times = ["2004", "20041224", "20041224120000", "20250304101500"]
            var ids: [UUID] = []
            for time in times {
                let submission = SampleSubmission.single { $0.object.setSlot(SlotName.creationTime, [time]) }
                ids.append(submission.id)
                try await bench.accept(submission.sample)
            }
            func found(from: String? = nil, to: String? = nil) async throws -> [String] {
                var query = SampleQuery.findDocuments()
                if let from { query = query.with("$XDSDocumentEntryCreationTimeFrom", from) }
                if let to { query = query.with("$XDSDocumentEntryCreationTimeTo", to) }
                let result = try await bench.find(query)
                return zip(times, ids).filter { result.contains($1) }.map(\.0)
            }
            #expect(try await found() == times)
            #expect(try await found(from: "2004") == times)
            #expect(try await found(from: "20041224") == Array(times[1...]))
            #expect(try await found(from: "20040101000001") == Array(times[1...]))
            #expect(try await found(from: "2004122412") == Array(times[2...]))
            #expect(try await found(from: "20041224120001") == [times[3]])
            #expect(try await found(to: "20041224") == [times[0]])
            #expect(try await found(to: "20041224120000") == Array(times[..<2]))
            #expect(try await found(to: "2004") == [])
            #expect(try await found(from: "200412", to: "2005") == Array(times[1..<3]))
            #expect(try await found(from: "2005", to: "2004") == [])
            #expect(
                try await found(from: "'20041224'", to: "'20041225'") == Array(times[1..<3]),
                "quoted, as CP-ITI-1260 allows")
        }
    }

    @Test(
        "3.18.4.1.2.3.3.1: an entry without the service time passes its range",
        arguments: [
            ("$XDSDocumentEntryServiceStartTime", SlotName.serviceStartTime),
            ("$XDSDocumentEntryServiceStopTime", SlotName.serviceStopTime),
        ])
    func passesWithoutServiceTime(_ parameter: String, _ slot: String) async throws {
        try await RegistryBench.with { bench in
            let dated = SampleSubmission.single {
                $0.removeSlot(SlotName.serviceStartTime)
                $0.removeSlot(SlotName.serviceStopTime)
                $0.object.setSlot(slot, ["202002"])
            }
            let undated = SampleSubmission.single {
                $0.removeSlot(SlotName.serviceStartTime)
                $0.removeSlot(SlotName.serviceStopTime)
            }
            for submission in [dated, undated] { try await bench.accept(submission.sample) }
            let query = SampleQuery.findDocuments()
            #expect(
                try await bench.find(query.with(parameter + "From", "20200201").with(parameter + "To", "20200202")) == [
                    dated.id, undated.id,
                ])
            #expect(try await bench.find(query.with(parameter + "From", "20200202")) == [undated.id])
            #expect(try await bench.find(query.with(parameter + "To", "202002")) == [undated.id])
            let other =
                parameter.hasSuffix("StartTime")
                ? "$XDSDocumentEntryServiceStopTime" : "$XDSDocumentEntryServiceStartTime"
            #expect(
                try await bench.find(query.with(other + "From", "2030")) == [dated.id, undated.id],
                "the other time is absent")
        }
    }

    @Test("creationTime does not limit on-demand entries, which have none")
    func passesOnDemand() async throws {
        try await RegistryBench.with { bench in
            let (sample, id) = SampleSubmission.single()
            try await bench.accept(sample)
            _ = try await bench.client.query(
                """
                update document_entry set object_type = 'OnDemand', creation_time = null, hash = null, size = null
                where entry_uuid = \(id)
                """
            )
            let query = SampleQuery.findDocuments().with(
                "$XDSDocumentEntryType", "('\(DocumentEntryType.onDemand.rawValue)')")
            #expect(try await bench.find(query.with("$XDSDocumentEntryCreationTimeFrom", "2099")) == [id])
            #expect(
                try await bench.find(query.with("$XDSDocumentEntryServiceStartTimeFrom", "2099")) == [],
                "its service times count")
        }
    }

    // MARK: Authors

    @Test("3.18.4.1.2.3.5: author patterns match the whole text of any author, % a run, _ one character, no escapes")
    func findsByAuthor() async throws {
        try await RegistryBench.with { bench in
            let persons: [String: [String]] = [
                "vries": ["12345^de Vries^Karin^^^dr.^^^&2.999.40&ISO"],
                "obrien": ["^O'Brien^Siobhán"],
                "percent": ["77^100%_zeker^X"],
                "backslash": ["88^terug\\slag^Y\\"],
                "two": ["^Eerste^A", "^Tweede^B"],
                "nobody": [],
            ]
            var ids: [UUID: String] = [:]
            for (name, authors) in persons {
                let submission = SampleSubmission.single { $0.setAuthors(authors) }
                ids[submission.id] = name
                try await bench.accept(submission.sample)
            }
            func found(_ patterns: String) async throws -> Set<String> {
                let query = SampleQuery.findDocuments().with("$XDSDocumentEntryAuthorPerson", patterns)
                return Set(try await bench.find(query).compactMap { ids[$0] })
            }
            #expect(try await found("('%')") == Set(persons.keys).subtracting(["nobody"]))
            #expect(try await found("('%^de Vries^%')") == ["vries"])
            #expect(try await found("('de Vries')") == [], "a pattern covers the whole text")
            #expect(try await found("('%^DE VRIES^%')") == [], "case counts")
            #expect(try await found("('12345^de Vries^Karin^^^dr.^^^&2.999.40&ISO')") == ["vries"])
            #expect(try await found("('%O''Brien%')") == ["obrien"])
            #expect(try await found("('^O_Brien^Siobh_n')") == ["obrien"], "_ is one character, not one byte")
            #expect(try await found("('^O_Brien^Siobh__n')") == [])
            #expect(try await found("('77^100%zeker^X')") == ["percent"])
            #expect(try await found("('77^100__zeker^X')") == ["percent"])
            #expect(try await found("('77^100\\%\\_zeker^X')") == [], "a backslash escapes nothing")
            #expect(
                try await found("('88^terug\\slag^Y\\')") == ["backslash"],
                "a backslash stands for itself, also at the end")
            #expect(try await found("('%\\%')") == ["backslash"])
            #expect(try await found("('^Tweede^_')") == ["two"], "any author")
            #expect(try await found("('^Eerste^_', '%zeker%')") == ["two", "percent"], "any pattern")
            #expect(try await found("('^Eerste^A^Tweede^B')") == [], "authors are not joined")
        }
    }

    // MARK: Status, type, availability, version

    @Test("$XDSDocumentEntryStatus: each status, and both")
    func findsByStatus() async throws {
        try await RegistryBench.with { bench in
            let old = SampleSubmission.single()
            let new = SampleSubmission.related(.replace, to: old.id)
            try await bench.accept(old.sample)
            try await bench.accept(new.sample)
            let (approved, deprecated) = (AvailabilityStatus.approved.rawValue, AvailabilityStatus.deprecated.rawValue)
            let query = SampleQuery.findDocuments()
            #expect(try await bench.find(query) == [new.id])
            #expect(try await bench.find(query.with("$XDSDocumentEntryStatus", "('\(deprecated)')")) == [old.id])
            #expect(
                try await bench.find(query.with("$XDSDocumentEntryStatus", "('\(deprecated)')", "('\(approved)')")) == [
                    old.id, new.id,
                ])
            #expect(
                try await bench.find(query.with("$XDSDocumentEntryStatus", "('\(approved)','urn:other')")) == [new.id])
        }
    }

    @Test("3.18.4.1.2.3.6.2: $XDSDocumentEntryType is stable unless given")
    func findsByType() async throws {
        try await RegistryBench.with { bench in
            let (stable, onDemand) = (SampleSubmission.single(), SampleSubmission.single())
            for submission in [stable, onDemand] { try await bench.accept(submission.sample) }
            _ = try await bench.client.query(
                "update document_entry set object_type = 'OnDemand' where entry_uuid = \(onDemand.id)")
            let query = SampleQuery.findDocuments()
            let (first, second) = (DocumentEntryType.stable.rawValue, DocumentEntryType.onDemand.rawValue)
            #expect(try await bench.find(query) == [stable.id])
            #expect(try await bench.find(query.with("$XDSDocumentEntryType", "('\(first)')")) == [stable.id])
            #expect(try await bench.find(query.with("$XDSDocumentEntryType", "('\(second)')")) == [onDemand.id])
            #expect(
                try await bench.find(query.with("$XDSDocumentEntryType", "('\(first)','\(second)')")) == [
                    stable.id, onDemand.id,
                ])
            #expect(
                try await bench.find(query.with("$XDSDocumentEntryType", "('urn:uuid:\(UUID())')")) == [],
                "a type nobody knows")
        }
    }

    @Test("$XDSDocumentEntryDocumentAvailability: an entry without the attribute is online")
    func findsByAvailability() async throws {
        try await RegistryBench.with { bench in
            let (on, off) = (DocumentAvailability.online.rawValue, DocumentAvailability.offline.rawValue)
            let offline = SampleSubmission.single { $0.object.setSlot(SlotName.documentAvailability, [off]) }
            let online = SampleSubmission.single { $0.object.setSlot(SlotName.documentAvailability, [on]) }
            let silent = SampleSubmission.single()
            for submission in [offline, online, silent] { try await bench.accept(submission.sample) }
            let query = SampleQuery.findDocuments()
            let parameter = "$XDSDocumentEntryDocumentAvailability"
            #expect(try await bench.find(query) == [offline.id, online.id, silent.id])
            #expect(try await bench.find(query.with(parameter, "('\(off)')")) == [offline.id])
            #expect(try await bench.find(query.with(parameter, "('\(on)')")) == [online.id, silent.id])
            #expect(
                try await bench.find(query.with(parameter, "('\(on)','\(off)')")) == [offline.id, online.id, silent.id])
        }
    }

    @Test("$MetadataLevel: level 1, the default, hides versions that are not the latest")
    func findsByLevel() async throws {
        try await RegistryBench.with { bench in
            let (former, latest) = (SampleSubmission.single(), SampleSubmission.single())
            for submission in [former, latest] { try await bench.accept(submission.sample) }
            _ = try await bench.client.query("update document_entry set latest = false where entry_uuid = \(former.id)")
            let query = SampleQuery.findDocuments()
            #expect(try await bench.find(query) == [latest.id])
            #expect(try await bench.find(query.with("$MetadataLevel", "1")) == [latest.id])
            #expect(try await bench.find(query.with("$MetadataLevel", "2")) == [former.id, latest.id])
        }
    }

    // MARK: Patients

    @Test("3.18.4.1.2.3.7.1: entries of this patient alone; an unknown patient gives an empty list")
    func findsByPatient() async throws {
        try await RegistryBench.with { bench in
            let mine = SampleSubmission.single()
            let other = SampleSubmission.single(patientId: SampleMetadata.otherPatientId)
            for submission in [mine, other] { try await bench.accept(submission.sample) }
            #expect(try await bench.find(.findDocuments()) == [mine.id])
            #expect(try await bench.find(.findDocuments(patientId: SampleMetadata.otherPatientId)) == [other.id])
            #expect(try await bench.find(.findDocuments(patientId: "900070001^^^&2.999.2&ISO")) == [], "another domain")
            #expect(try await bench.find(.findDocuments(patientId: "unknown^^^&2.999.1&ISO")) == [])
        }
    }

    @Test("a patient id that was merged into another gives nothing")
    func findsNothingOfSubsumedPatient() async throws {
        try await RegistryBench.with { bench in
            let mine = SampleSubmission.single()
            try await bench.accept(mine.sample)
            _ = try await bench.client.query(
                """
                update patient set status = 'subsumed', survivor_key =
                    (select patient_key from patient where patient_id = \(SampleMetadata.otherPatientId))
                where patient_id = \(SampleMetadata.patientId)
                """)
            #expect(try await bench.find(.findDocuments()) == [])
            let refused = try await bench.register(SampleSubmission.single().sample)
            #expect(refused.errors.map(\.code) == [.unknownPatientId])
        }
    }
}
