import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

/// One query and the error it leads to.
struct QueryCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let query: SampleQuery
    let code: RegistryErrorCode

    init(_ description: String, _ code: RegistryErrorCode, _ query: SampleQuery) {
        testDescription = description
        self.query = query
        self.code = code
    }
}

/// The errors of a query, none if it can be run.
func queryErrors(_ query: SampleQuery) -> [RegistryError] {
    do throws(StoredQuery.Refusal) {
        _ = try StoredQuery.decode(query.adhocQuery, of: query.transaction)
        return []
    } catch {
        return error.errors
    }
}

@Suite("TF-2 3.18.4.1.2.3.7.1: FindDocuments")
struct FindDocumentsTests {
    private func decode(_ query: SampleQuery) throws -> (query: FindDocuments, deviations: Set<Deviation>) {
        let decoded = try StoredQuery.decode(query.adhocQuery)
        guard case .findDocuments(let find) = decoded.query else { throw FormatProblem("is another query") }
        return (find, decoded.deviations)
    }

    @Test("the smallest query")
    func readsMinimum() throws {
        let (query, deviations) = try decode(.findDocuments())
        #expect(query.patientId == (try SampleMetadata.patient()))
        #expect(query.statuses == [.approved])
        #expect(query.filter.types == [.stable])
        #expect(query.filter.availability == nil)
        #expect(query.metadataLevel == .latest)
        #expect(
            query.filter.creationTime.isUnlimited && query.filter.serviceStartTime.isUnlimited
                && query.filter.serviceStopTime.isUnlimited)
        #expect(
            query.filter.classCodes.isEmpty && query.filter.eventCodeGroups.isEmpty
                && query.filter.authorPersons.isEmpty)
        #expect(deviations == [])
    }

    @Test("all parameters")
    func readsEverything() throws {
        let prefix = "$XDSDocumentEntry"
        let (query, deviations) = try decode(
            .findDocuments()
                .with(prefix + "Status", "('\(AvailabilityStatus.approved.rawValue)'", "")
                .with(
                    prefix + "Status",
                    "('\(AvailabilityStatus.approved.rawValue)','\(AvailabilityStatus.deprecated.rawValue)')"
                )
                .with(prefix + "ClassCode", "('a^^1.2','b^^1.2')", "('c^^1.2')")
                .with(prefix + "TypeCode", "('t^^1.2')").with(prefix + "PracticeSettingCode", "('p^^1.2')")
                .with(prefix + "HealthcareFacilityTypeCode", "('h^^1.2')").with(prefix + "FormatCode", "('f^^1.2')")
                .adding(prefix + "EventCodeList", "('e1^^1.2','e2^^1.2')").adding(
                    prefix + "EventCodeList", "('e3^^1.2')"
                )
                .with(prefix + "ConfidentialityCode", "('N^^1.2')")
                .with(prefix + "CreationTimeFrom", "2024").with(prefix + "CreationTimeTo", "20250101")
                .with(prefix + "ServiceStartTimeFrom", "2024").with(prefix + "ServiceStartTimeTo", "2025")
                .with(prefix + "ServiceStopTimeFrom", "2023").with(prefix + "ServiceStopTimeTo", "2026")
                .with(prefix + "AuthorPerson", "('%^Vries^%')")
                .with(
                    prefix + "Type", "('\(DocumentEntryType.stable.rawValue)','\(DocumentEntryType.onDemand.rawValue)')"
                )
                .with(prefix + "DocumentAvailability", "('\(DocumentAvailability.offline.rawValue)')")
                .with("$MetadataLevel", "2")
        )
        #expect(query.statuses == [.approved, .deprecated])
        #expect(query.filter.classCodes.map(\.key) == ["a^^1.2", "b^^1.2", "c^^1.2"])
        #expect(query.filter.typeCodes.map(\.key) == ["t^^1.2"])
        #expect(query.filter.practiceSettingCodes.map(\.key) == ["p^^1.2"])
        #expect(query.filter.healthcareFacilityTypeCodes.map(\.key) == ["h^^1.2"])
        #expect(query.filter.formatCodes.map(\.key) == ["f^^1.2"])
        #expect(query.filter.eventCodeGroups.map { $0.map(\.key) } == [["e1^^1.2", "e2^^1.2"], ["e3^^1.2"]])
        #expect(query.filter.confidentialityCodeGroups.map { $0.map(\.key) } == [["N^^1.2"]])
        #expect(query.filter.creationTime.from == "20240101000000" && query.filter.creationTime.to == "20250101000000")
        #expect(
            query.filter.serviceStartTime.to == "20250101000000"
                && query.filter.serviceStopTime.from == "20230101000000")
        #expect(query.filter.authorPersons == [LikePattern("%^Vries^%")])
        #expect(query.filter.types == [.stable, .onDemand])
        #expect(query.filter.availability == [.offline])
        #expect(query.metadataLevel == .all)
        #expect(deviations == [])
    }

    @Test("habits of senders are understood and counted")
    func countsDeviations() throws {
        let (query, deviations) = try decode(
            .findDocuments().with("$XDSDocumentEntryCreationTimeFrom", "'2024'")
                .with("$XDSDocumentEntryPatientId", "('\(SampleMetadata.patientId)')")
                .with("$XDSDocumentEntryClassCode", "(' a ^^ 1.2 ')")
        )
        #expect(query.filter.creationTime.from == "20240101000000")
        #expect(query.filter.classCodes.map(\.key) == ["a^^1.2"])
        #expect(deviations == [.quotedDTM, .listForSingleValue, .strayWhitespaceInCode])
    }

    @Test("white space around an id or a status, and capitals of a UUID, are understood and counted")
    func countsStrayText() throws {
        let status = AvailabilityStatus.approved.rawValue
        let patient = SampleQuery.findDocuments().with("$XDSDocumentEntryPatientId", "' \(SampleMetadata.patientId)'")
        #expect(try decode(patient).1 == [.strayWhitespace])
        #expect(try decode(.findDocuments().with("$XDSDocumentEntryStatus", "('\(status) ')")).1 == [.strayWhitespace])
        let urn = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
        let capitals = urn.uppercased().replacing("URN:UUID", with: "urn:uuid")
        let expected: [(String, Set<Deviation>)] = [
            (urn, []), (urn + " ", [.strayWhitespace]), (capitals, [.upperCaseUUID]),
        ]
        for (text, deviations) in expected {
            let query = SampleQuery(
                id: StoredQueryID.getDocuments.rawValue,
                parameters: [Slot(name: "$XDSDocumentEntryEntryUUID", values: ["('\(text)')"])])
            #expect(try StoredQuery.decode(query.adhocQuery).deviations == deviations, "\(text)")
        }
    }

    @Test("unknown parameters and statuses are ignored")
    func ignoresUnknown() throws {
        let query = try decode(
            .findDocuments().with("$XDSDocumentEntryShoeSize", "no quotes").with("colour", "'red'")
                .with("$XDSDocumentEntryStatus", "('urn:x:Status','\(AvailabilityStatus.deprecated.rawValue)')")
                .with("$XDSDocumentEntryType", "('urn:uuid:00000000-0000-0000-0000-000000000000')")
        ).query
        #expect(query.statuses == [.deprecated])
        #expect(query.filter.types == [])
    }

    @Test("3.18.4.1.3: errors", arguments: errors)
    func refuses(_ query: QueryCase) {
        let errors = queryErrors(query.query)
        #expect(errors.map(\.code) == [query.code], "\(errors.map(\.context))")
    }

    @Test("all errors are collected, each context names its parameter")
    func collectsErrors() {
        let errors = queryErrors(
            .findDocuments().without("$XDSDocumentEntryPatientId").with("$XDSDocumentEntryClassCode", "('a')")
                .with("$XDSDocumentEntryCreationTimeFrom", "1", "2")
        )
        #expect(errors.map(\.code).contains(.storedQueryMissingParam))
        for name in ["$XDSDocumentEntryPatientId", "$XDSDocumentEntryClassCode", "$XDSDocumentEntryCreationTimeFrom"] {
            #expect(errors.contains { $0.context.contains(name) && $0.location == "XDSRegistry/AdhocQuery/\(name)" })
        }
    }

    @Test("a refused query tells the habits of its sender too")
    func keepsDeviations() {
        let query = SampleQuery.findDocuments().without("$XDSDocumentEntryPatientId")
            .with("$XDSDocumentEntryCreationTimeFrom", "'2001'")
        let refusal = #expect(throws: StoredQuery.Refusal.self) { try StoredQuery.decode(query.adhocQuery) }
        #expect(refusal?.errors.map(\.code) == [.storedQueryMissingParam])
        #expect(refusal?.deviations == [.quotedDTM])
        let unknown = #expect(throws: StoredQuery.Refusal.self) {
            try StoredQuery.decode(SampleQuery(id: "urn:uuid:nothing", parameters: []).adhocQuery)
        }
        #expect(unknown?.errors.first?.location == "XDSRegistry/AdhocQuery")
    }

    static let errors: [QueryCase] = [
        QueryCase(
            "unknown query", .unknownStoredQuery,
            SampleQuery(id: "urn:uuid:00000000-0000-0000-0000-000000000000", parameters: [])),
        QueryCase("no patient", .storedQueryMissingParam, .findDocuments().without("$XDSDocumentEntryPatientId")),
        QueryCase("empty patient Slot", .storedQueryMissingParam, .findDocuments().with("$XDSDocumentEntryPatientId")),
        QueryCase(
            "empty list of statuses", .storedQueryMissingParam, .findDocuments().with("$XDSDocumentEntryStatus", "()")),
        QueryCase("no status", .storedQueryMissingParam, .findDocuments().without("$XDSDocumentEntryStatus")),
        QueryCase(
            "no known status", .storedQueryMissingParam,
            .findDocuments().with(
                "$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Approved')")
        ),
        QueryCase(
            "two patients", .storedQueryParamNumber,
            .findDocuments().with("$XDSDocumentEntryPatientId", "('1^^^&1.2&ISO','2^^^&1.2&ISO')")
        ),
        QueryCase(
            "two patient Values", .storedQueryParamNumber,
            .findDocuments().with("$XDSDocumentEntryPatientId", "'1^^^&1.2&ISO'", "'2^^^&1.2&ISO'")
        ),
        QueryCase(
            "patient Slot twice", .storedQueryParamNumber,
            .findDocuments().adding("$XDSDocumentEntryPatientId", "'2^^^&1.2&ISO'")
        ),
        QueryCase(
            "classCode Slot twice", .storedQueryParamNumber,
            .findDocuments().adding("$XDSDocumentEntryClassCode", "('a^^1')").adding(
                "$XDSDocumentEntryClassCode", "('b^^1')")
        ),
        QueryCase(
            "two times", .storedQueryParamNumber,
            .findDocuments().with("$XDSDocumentEntryCreationTimeFrom", "2024", "2025")),
        QueryCase(
            "patient without quotes", .registryError,
            .findDocuments().with("$XDSDocumentEntryPatientId", "1^^^&1.2&ISO")),
        QueryCase("patient is no CX", .registryError, .findDocuments().with("$XDSDocumentEntryPatientId", "'123'")),
        QueryCase(
            "code without parentheses", .registryError, .findDocuments().with("$XDSDocumentEntryClassCode", "'a^^1'")),
        QueryCase("code without scheme", .registryError, .findDocuments().with("$XDSDocumentEntryClassCode", "('a')")),
        QueryCase(
            "code without quotes", .registryError, .findDocuments().with("$XDSDocumentEntryEventCodeList", "(a^^1)")),
        QueryCase("bad time", .registryError, .findDocuments().with("$XDSDocumentEntryServiceStopTimeTo", "20251301")),
        QueryCase("bad level", .registryError, .findDocuments().with("$MetadataLevel", "3")),
        QueryCase("level is no number", .registryError, .findDocuments().with("$MetadataLevel", "'two'")),
    ]
}

@Suite("TF-2 3.18.4.1.2.3.7.5: GetDocuments")
struct GetDocumentsTests {
    private func decode(_ name: String, _ values: String...) throws -> GetDocuments {
        let slot = Slot(name: name, values: values)
        let query = AdhocQuery(id: StoredQueryID.getDocuments.rawValue, slots: [slot])
        guard case .getDocuments(let get) = try StoredQuery.decode(query).query else {
            throw FormatProblem("is another query")
        }
        return get
    }

    @Test("by uniqueId")
    func readsUniqueIds() throws {
        let query = try decode("$XDSDocumentEntryUniqueId", "('1.2','3^4')", "('5')")
        #expect(query.selection == .uniqueIds(["1.2", "3^4", "5"]))
    }

    @Test("by entryUUID; what is no UUID names nothing")
    func readsEntryUUIDs() throws {
        let urn = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
        let uuid = try EntryUUID.parse(urn)
        #expect(try decode("$XDSDocumentEntryEntryUUID", "('\(urn)','Document01')").selection == .entryUUIDs([uuid]))
        #expect(try decode("$XDSDocumentEntryEntryUUID", "('Document01')").selection == .entryUUIDs([]))
    }

    @Test("a logicalID needs level 2; alone at level 1 it counts as missing")
    func readsLogicalIDs() throws {
        let id = UUID()
        let query = SampleQuery.of(.getDocuments, ["$XDSDocumentEntryLogicalID": SampleQuery.list([id])])
        #expect(queryErrors(query).map(\.code) == [.storedQueryMissingParam])
        let decoded = try StoredQuery.decode(query.with("$MetadataLevel", "2").adhocQuery).query
        guard case .getDocuments(let get) = decoded else { throw FormatProblem("is another query") }
        #expect(get.selection == .logicalIDs([id]))
    }

    @Test("none of the ids: missing; two of them: too many")
    func wantsExactlyOne() {
        let none = SampleQuery.of(.getDocuments)
        #expect(queryErrors(none).map(\.code) == [.storedQueryMissingParam])
        let two = SampleQuery.getDocuments(uniqueIds: ["1"]).with("$XDSDocumentEntryEntryUUID", "('x')")
        #expect(queryErrors(two).map(\.code) == [.storedQueryParamNumber])
        let empty = none.with("$XDSDocumentEntryUniqueId", "()", "( )")
        #expect(queryErrors(empty).map(\.code) == [.storedQueryMissingParam], "empty lists name nothing")
        let bare = none.with("$XDSDocumentEntryUniqueId", "'1.2'")
        #expect(queryErrors(bare).map(\.code) == [.registryError])
    }
}
