import Testing
import XDSTesting

@testable import XDSMetadata

@Suite("TF-2 3.51: Multi-Patient Stored Query")
struct MultiPatientQueriesTests {
    private static let patients = [SampleMetadata.patientId, SampleMetadata.otherPatientId]

    private func decode(_ query: SampleQuery) throws -> StoredQuery {
        try StoredQuery.decode(query.adhocQuery, of: .multiPatientStoredQuery).query
    }

    @Test("FindDocumentsForMultiplePatients: the patients are a list")
    func readsDocuments() throws {
        let query = SampleQuery.findDocumentsForMultiplePatients(Self.patients)
            .with("$XDSDocumentEntryTypeCode", "('t^^1')")
        guard case .findDocumentsForMultiplePatients(let find) = try decode(query) else {
            throw FormatProblem("is another query")
        }
        #expect(find.patientIds.map(\.cx) == Self.patients)
        #expect(find.statuses == [.approved])
        #expect(find.filter.typeCodes.map(\.code) == ["t"])
    }

    @Test(
        "FindDocumentsForMultiplePatients: one of patient, class, event and facility has to be given",
        arguments: ["ClassCode", "EventCodeList", "HealthcareFacilityTypeCode"])
    func wantsALimit(_ name: String) throws {
        let query = SampleQuery.findDocumentsForMultiplePatients([])
        #expect(queryErrors(query).map(\.code) == [.storedQueryMissingParam])
        #expect(
            queryErrors(query.with("$XDSDocumentEntryTypeCode", "('t^^1')")).map(\.code) == [.storedQueryMissingParam])
        #expect(queryErrors(query.with("$XDSDocumentEntry\(name)", "('a^^1')")) == [])
        #expect(queryErrors(query.with("$XDSDocumentEntry\(name)", "()")).map(\.code) == [.storedQueryMissingParam])
    }

    @Test("FindFoldersForMultiplePatients: the patients are a list; one of patient and code has to be given")
    func readsFolders() throws {
        let query = SampleQuery.findFoldersForMultiplePatients(Self.patients)
        guard case .findFoldersForMultiplePatients(let find) = try decode(query) else {
            throw FormatProblem("is another query")
        }
        #expect(find.patientIds.map(\.cx) == Self.patients)
        let none = SampleQuery.findFoldersForMultiplePatients([])
        #expect(queryErrors(none).map(\.code) == [.storedQueryMissingParam])
        #expect(queryErrors(none.with("$XDSFolderCodeList", "('a^^1')")) == [])
        #expect(queryErrors(query.without("$XDSFolderStatus")).map(\.code) == [.storedQueryMissingParam])
    }

    @Test("FindDocumentsByReferenceIdForMultiplePatients: the reference ids have to be given, patients may be")
    func readsReferenceIds() throws {
        let query = SampleQuery.findDocumentsForMultiplePatients([], .findDocumentsByReferenceIdForMultiplePatients)
        #expect(queryErrors(query).map(\.code) == [.storedQueryMissingParam])
        let given = query.with("$XDSDocumentEntryReferenceIdList", "('a%')")
        guard case .findDocumentsByReferenceIdForMultiplePatients(let read) = try decode(given) else {
            throw FormatProblem("is another query")
        }
        #expect(read.find.filter.referenceIdGroups == [[LikePattern("a%")]])
        #expect(read.find.patientIds.isEmpty)
    }

    @Test("status is required and patients are well-formed")
    func refuses() {
        let query = SampleQuery.findDocumentsForMultiplePatients(Self.patients)
        #expect(queryErrors(query.without("$XDSDocumentEntryStatus")).map(\.code) == [.storedQueryMissingParam])
        let single = query.with("$XDSDocumentEntryPatientId", "'\(SampleMetadata.patientId)'")
        #expect(queryErrors(single).map(\.code) == [.registryError], "not a list")
        #expect(queryErrors(query.with("$XDSDocumentEntryPatientId", "('1')")).map(\.code) == [.registryError])
        #expect(
            queryErrors(query.adding("$XDSDocumentEntryPatientId", "('1')")).map(\.code) == [.storedQueryParamNumber])
    }

    @Test(
        "a query belongs to one transaction; the other one does not know it",
        arguments: StoredQueryID.allCases)
    func belongsToOneTransaction(_ id: StoredQueryID) {
        let query = SampleQuery.of(id)
        let other: TransactionID =
            id.transaction == .registryStoredQuery ? .multiPatientStoredQuery : .registryStoredQuery
        #expect(codes(query, of: other) == [.unknownStoredQuery])
        #expect(!codes(query, of: id.transaction).contains(.unknownStoredQuery))
    }

    private func codes(_ query: SampleQuery, of transaction: TransactionID) -> [RegistryErrorCode] {
        do throws(StoredQuery.Refusal) {
            _ = try StoredQuery.decode(query.adhocQuery, of: transaction)
            return []
        } catch {
            return error.errors.map(\.code)
        }
    }
}
