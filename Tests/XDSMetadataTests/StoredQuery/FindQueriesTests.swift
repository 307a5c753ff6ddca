import Testing
import XDSTesting

@testable import XDSMetadata

/// Both statuses, as the list of a query.
private let bothStatuses = SampleQuery.list(AvailabilityStatus.allCases.map(\.rawValue))

/// Decodes an ordinary query.
private func decode(_ query: SampleQuery) throws -> StoredQuery { try StoredQuery.decode(query.adhocQuery).query }

@Suite("TF-2 3.18.4.1.2.3.7: Find queries beyond FindDocuments")
struct FindQueriesTests {
    // MARK: FindDocumentsByReferenceId

    @Test("3.18.4.1.2.3.7.14: reference ids are patterns; values of a Slot are alternatives, Slots are joined by AND")
    func readsReferenceIds() throws {
        let name = "$XDSDocumentEntryReferenceIdList"
        let query = SampleQuery.findDocuments(.findDocumentsByReferenceId)
        let decoded = try decode(query.adding(name, "('a%','b')", "('c')").adding(name, "('d')"))
        guard case .findDocumentsByReferenceId(let read) = decoded else { throw FormatProblem("is another query") }
        #expect(read.find.filter.referenceIdGroups.map { $0.map(\.text) } == [["a%", "b", "c"], ["d"]])
        #expect(read.find.patientId == (try SampleMetadata.patient()))
        #expect(read.find.statuses == [.approved])
    }

    // MARK: FindDocumentsExclude

    @Test("CP-ITI-1323: each twin parameter leaves out its values")
    func readsExclusions() throws {
        var query = SampleQuery.findDocuments(.findDocumentsExclude)
        let codes = [
            "ClassCode", "TypeCode", "PracticeSettingCode", "HealthcareFacilityTypeCode", "FormatCode",
            "EventCodeList", "ConfidentialityCode",
        ]
        for name in codes { query = query.with("$XDSDocumentEntry\(name)Exclude", "('\(name)^^1')") }
        query = query.adding("$XDSDocumentEntryEventCodeListExclude", "('second^^1')")
            .with("$XDSDocumentEntryAuthorPersonExclude", "('%x')")
            .with("$XDSDocumentEntryReferenceIdListExclude", "('r%')")
            .with("$XDSDocumentEntryTypeExclude", SampleQuery.list([DocumentEntryType.stable.rawValue]))
        guard case .findDocumentsExclude(let read) = try decode(query) else { throw FormatProblem("is another query") }
        let exclusion = read.exclusion
        let single = [
            exclusion.classCodes, exclusion.typeCodes, exclusion.practiceSettingCodes,
            exclusion.healthcareFacilityTypeCodes, exclusion.formatCodes,
        ]
        #expect(single.map { $0.map(\.code) } == codes.prefix(5).map { [$0] })
        #expect(exclusion.eventCodes.map(\.code) == ["EventCodeList", "second"])
        #expect(exclusion.confidentialityCodes.map(\.code) == ["ConfidentialityCode"])
        #expect(exclusion.authorPersons == [LikePattern("%x")])
        #expect(exclusion.referenceIds == [LikePattern("r%")])
        #expect(read.find.filter.types == [.onDemand], "all kinds but those left out")
        #expect(read.find.filter.classCodes.isEmpty)
    }

    @Test("reference ids are optional, and kinds are stable ones without either parameter")
    func readsExcludeMinimum() throws {
        let query = SampleQuery.findDocuments(.findDocumentsExclude)
        guard case .findDocumentsExclude(let read) = try decode(query) else { throw FormatProblem("is another query") }
        #expect(read.find.filter.types == [.stable])
        #expect(read.find.filter.referenceIdGroups.isEmpty && read.exclusion.classCodes.isEmpty)
    }

    // MARK: FindDocumentsByTitle

    @Test("titles and author institutions are patterns")
    func readsTitles() throws {
        let query = SampleQuery.findDocuments(.findDocumentsByTitle).with("$XDSDocumentEntryTitle", "('Ontslag%','a_')")
            .with("$XDSDocumentEntryAuthorInstitution", "('%Voorbeeld%')")
        guard case .findDocumentsByTitle(let read) = try decode(query) else { throw FormatProblem("is another query") }
        #expect(read.titles.map(\.text) == ["Ontslag%", "a_"])
        #expect(read.authorInstitutions.map(\.text) == ["%Voorbeeld%"])
    }

    // MARK: FindSubmissionSets, FindFolders, GetAll

    @Test("3.18.4.1.2.3.7.2: all parameters of FindSubmissionSets")
    func readsSubmissionSets() throws {
        let prefix = "$XDSSubmissionSet"
        let query = SampleQuery.findSubmissionSets().with(prefix + "Status", bothStatuses)
            .with(prefix + "SourceId", "('1.2','1.3')").with(prefix + "SubmissionTimeFrom", "2024")
            .with(prefix + "SubmissionTimeTo", "2025").with(prefix + "AuthorPerson", "'%Vries%'")
            .with(prefix + "ContentType", "('c^^1.2')")
        guard case .findSubmissionSets(let read) = try decode(query) else { throw FormatProblem("is another query") }
        #expect(read.patientId == (try SampleMetadata.patient()))
        #expect(read.statuses == Set(AvailabilityStatus.allCases))
        #expect(read.sourceIds == ["1.2", "1.3"])
        #expect(read.submissionTime.from == "20240101000000" && read.submissionTime.to == "20250101000000")
        #expect(read.authorPerson == LikePattern("%Vries%"))
        #expect(read.contentTypeCodes.map(\.key) == ["c^^1.2"])
    }

    @Test("3.18.4.1.2.3.7.3: all parameters of FindFolders")
    func readsFolders() throws {
        let query = SampleQuery.findFolders().with("$XDSFolderStatus", bothStatuses)
            .with("$XDSFolderLastUpdateTimeFrom", "2024").with("$XDSFolderLastUpdateTimeTo", "2025")
            .adding("$XDSFolderCodeList", "('a^^1','b^^1')").adding("$XDSFolderCodeList", "('c^^1')")
            .with("$MetadataLevel", "2")
        guard case .findFolders(let read) = try decode(query) else { throw FormatProblem("is another query") }
        #expect(read.patientId == (try SampleMetadata.patient()))
        #expect(read.statuses == Set(AvailabilityStatus.allCases))
        #expect(read.filter.lastUpdateTime.from == "20240101000000")
        #expect(read.filter.lastUpdateTime.to == "20250101000000")
        #expect(read.filter.codeGroups.map { $0.map(\.code) } == [["a", "b"], ["c"]])
        #expect(read.metadataLevel == .all)
    }

    @Test("3.18.4.1.2.3.7.4: all parameters of GetAll; Associations are Approved ones unless the query says otherwise")
    func readsAll() throws {
        let deprecated = SampleQuery.list([AvailabilityStatus.deprecated.rawValue])
        let query = SampleQuery.getAll().with("$XDSSubmissionSetStatus", bothStatuses)
            .with("$XDSFolderStatus", deprecated).with("$XDSDocumentEntryFormatCode", "('f^^1')")
            .adding("$XDSDocumentEntryConfidentialityCode", "('N^^1')")
            .adding("$XDSDocumentEntryConfidentialityCode", "('R^^1')")
            .with("$XDSDocumentEntryType", SampleQuery.list(DocumentEntryType.allCases.map(\.rawValue)))
        guard case .getAll(let read) = try decode(query),
            case .getAll(let other) = try decode(query.with("$XDSAssociationStatus", deprecated)),
            case .getAll(let unknown) = try decode(query.with("$XDSAssociationStatus", "('urn:x')"))
        else { throw FormatProblem("is another query") }
        #expect(read.documentEntryStatuses == [.approved])
        #expect(read.submissionSetStatuses == Set(AvailabilityStatus.allCases))
        #expect(read.folderStatuses == [.deprecated])
        #expect(read.filter.formatCodes.map(\.code) == ["f"])
        #expect(read.filter.confidentialityCodeGroups.map { $0.map(\.code) } == [["N"], ["R"]])
        #expect(read.filter.types == Set(DocumentEntryType.allCases))
        #expect(read.associationStatuses == [.approved])
        #expect(other.associationStatuses == [.deprecated])
        #expect(unknown.associationStatuses == [.approved], "a parameter without a known value counts as absent")
    }

    // MARK: Errors

    @Test("3.18.4.1.3: errors", arguments: errors)
    func refuses(_ query: QueryCase) {
        let errors = queryErrors(query.query)
        #expect(errors.map(\.code) == [query.code], "\(errors.map(\.context))")
    }

    private static let errors: [QueryCase] = {
        let reference = SampleQuery.findDocuments(.findDocumentsByReferenceId)
            .with("$XDSDocumentEntryReferenceIdList", "('a')")
        let exclude = SampleQuery.findDocuments(.findDocumentsExclude)
        let title = SampleQuery.findDocuments(.findDocumentsByTitle).with("$XDSDocumentEntryTitle", "('a')")
        let (sets, folders, all) = (SampleQuery.findSubmissionSets(), SampleQuery.findFolders(), SampleQuery.getAll())
        let (missing, number, other) = (
            RegistryErrorCode.storedQueryMissingParam, RegistryErrorCode.storedQueryParamNumber,
            RegistryErrorCode.registryError
        )
        let required: [(SampleQuery, [String])] = [
            (
                reference,
                ["$XDSDocumentEntryReferenceIdList", "$XDSDocumentEntryPatientId", "$XDSDocumentEntryStatus"]
            ),
            (exclude, ["$XDSDocumentEntryPatientId", "$XDSDocumentEntryStatus"]),
            (title, ["$XDSDocumentEntryTitle", "$XDSDocumentEntryPatientId", "$XDSDocumentEntryStatus"]),
            (sets, ["$XDSSubmissionSetPatientId", "$XDSSubmissionSetStatus"]),
            (folders, ["$XDSFolderPatientId", "$XDSFolderStatus"]),
            (all, ["$patientId", "$XDSDocumentEntryStatus", "$XDSSubmissionSetStatus", "$XDSFolderStatus"]),
        ]
        let absent = required.flatMap { query, names in
            names.flatMap { name in
                [
                    QueryCase("\(query.id.suffix(12)) without \(name)", missing, query.without(name)),
                    QueryCase("\(query.id.suffix(12)) with empty \(name)", missing, query.with(name, "()")),
                ]
            }
        }
        let twins = [
            "ClassCode", "TypeCode", "PracticeSettingCode", "HealthcareFacilityTypeCode", "FormatCode",
            "EventCodeList", "ConfidentialityCode",
        ].map { name in
            QueryCase(
                "\(name) and its twin", number,
                exclude.with("$XDSDocumentEntry\(name)", "('a^^1')")
                    .with("$XDSDocumentEntry\(name)Exclude", "('b^^1')"))
        }
        let types = SampleQuery.list([DocumentEntryType.stable.rawValue])
        return absent + twins + [
            QueryCase(
                "authors and their twin", number,
                exclude.with("$XDSDocumentEntryAuthorPerson", "('a')")
                    .with("$XDSDocumentEntryAuthorPersonExclude", "('b')")),
            QueryCase(
                "reference ids and their twin", number,
                exclude.with("$XDSDocumentEntryReferenceIdList", "('a')")
                    .with("$XDSDocumentEntryReferenceIdListExclude", "('b')")),
            QueryCase(
                "types and their twin", number,
                exclude.with("$XDSDocumentEntryType", types).with("$XDSDocumentEntryTypeExclude", types)),
            QueryCase(
                "twin Slot twice", number,
                exclude.adding("$XDSDocumentEntryClassCodeExclude", "('a^^1')")
                    .adding("$XDSDocumentEntryClassCodeExclude", "('b^^1')")),
            QueryCase("twin code without scheme", other, exclude.with("$XDSDocumentEntryClassCodeExclude", "('a')")),
            QueryCase(
                "reference id without parentheses", other, reference.with("$XDSDocumentEntryReferenceIdList", "'a'")),
            QueryCase("two sets of patients", number, sets.adding("$XDSSubmissionSetPatientId", "'2^^^&1.2&ISO'")),
            QueryCase("two authors", number, sets.with("$XDSSubmissionSetAuthorPerson", "('a','b')")),
            QueryCase("sourceId without parentheses", other, sets.with("$XDSSubmissionSetSourceId", "'1.2'")),
            QueryCase("bad time", other, sets.with("$XDSSubmissionSetSubmissionTimeTo", "20251301")),
            QueryCase("content type without scheme", other, sets.with("$XDSSubmissionSetContentType", "('c')")),
            QueryCase("bad level of sets", other, sets.with("$MetadataLevel", "0")),
            QueryCase("folder code without scheme", other, folders.with("$XDSFolderCodeList", "('c')")),
            QueryCase("two times", number, folders.with("$XDSFolderLastUpdateTimeFrom", "2024", "2025")),
            QueryCase(
                "format Slot twice", number,
                all.adding("$XDSDocumentEntryFormatCode", "('a^^1')")
                    .adding("$XDSDocumentEntryFormatCode", "('b^^1')")),
            QueryCase("no known status", missing, all.with("$XDSFolderStatus", "('urn:x')")),
            QueryCase("association status without quotes", other, all.with("$XDSAssociationStatus", "(urn)")),
        ]
    }()
}
