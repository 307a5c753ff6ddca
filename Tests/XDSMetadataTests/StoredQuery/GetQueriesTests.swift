import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

/// A Get query, the parameters that name its objects, and how many each may hold.
struct GetQueryCase: Sendable, CustomTestStringConvertible {
    let id: StoredQueryID
    /// The parameter with entryUUIDs, and the one with uniqueIds.
    let names: [String]
    let isList: Bool
    /// What else the query needs.
    var rest: [Slot] = []

    var testDescription: String { "\(id)" }

    /// The query by its entryUUID.
    func query(_ values: String...) -> SampleQuery {
        SampleQuery(id: id.rawValue, parameters: rest + [Slot(name: names[0], values: values)])
    }

    static let all: [GetQueryCase] = {
        let document = ["$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId"]
        let folder = ["$XDSFolderEntryUUID", "$XDSFolderUniqueId"]
        let set = ["$XDSSubmissionSetEntryUUID", "$XDSSubmissionSetUniqueId"]
        let types = Slot(name: "$AssociationTypes", values: [SampleQuery.list([AssociationType.replace.rawValue])])
        return [
            GetQueryCase(id: .getDocuments, names: document, isList: true),
            GetQueryCase(id: .getFolders, names: folder, isList: true),
            GetQueryCase(id: .getDocumentsAndAssociations, names: document, isList: true),
            GetQueryCase(id: .getSubmissionSetAndContents, names: set, isList: false),
            GetQueryCase(id: .getFolderAndContents, names: folder, isList: false),
            GetQueryCase(id: .getFoldersForDocument, names: document, isList: false),
            GetQueryCase(id: .getRelatedDocuments, names: document, isList: false, rest: [types]),
        ]
    }()
}

extension StoredQuery {
    /// The objects that a Get query names.
    fileprivate var selection: ObjectSelection? {
        switch self {
        case .getDocuments(let query): query.selection
        case .getFolders(let query): query.selection
        case .getDocumentsAndAssociations(let query): query.selection
        case .getSubmissionSetAndContents(let query): query.selection
        case .getFolderAndContents(let query): query.selection
        case .getFoldersForDocument(let query): query.selection
        case .getRelatedDocuments(let query): query.selection
        default: nil
        }
    }
}

@Suite("TF-2 3.18.4.1.2.3.7: Get queries")
struct GetQueriesTests {
    private static let id = UUID()

    private func selection(_ query: SampleQuery) throws -> ObjectSelection? {
        try StoredQuery.decode(query.adhocQuery).query.selection
    }

    @Test("objects are named by entryUUID or by uniqueId", arguments: GetQueryCase.all)
    func readsSelection(_ get: GetQueryCase) throws {
        let urn = SampleQuery.literal(Self.id.urn)
        let byUUID = get.query(get.isList ? "(\(urn))" : urn)
        #expect(try selection(byUUID) == .entryUUIDs([Self.id]))
        let byUniqueId = byUUID.without(get.names[0]).with(get.names[1], get.isList ? "('1.2')" : "'1.2'")
        #expect(try selection(byUniqueId) == .uniqueIds(["1.2"]))
        let noUUID = get.query(get.isList ? "('Document01')" : "'Document01'")
        #expect(try selection(noUUID) == .entryUUIDs([]), "what is no UUID names nothing")
        if get.isList {
            #expect(try selection(byUniqueId.with(get.names[1], "('1','2')", "('3')")) == .uniqueIds(["1", "2", "3"]))
        }
    }

    @Test(
        "none of two ids is XDSStoredQueryMissingParam, both are XDSStoredQueryParamNumber",
        arguments: GetQueryCase.all)
    func wantsExactlyOne(_ get: GetQueryCase) {
        let urn = SampleQuery.literal(Self.id.urn)
        let query = get.query(get.isList ? "(\(urn))" : urn)
        #expect(queryErrors(query.without(get.names[0])).map(\.code) == [.storedQueryMissingParam])
        #expect(queryErrors(query.with(get.names[0], "()")).map(\.code) == [.storedQueryMissingParam])
        #expect(queryErrors(query.with(get.names[0])).map(\.code) == [.storedQueryMissingParam], "a Slot without Value")
        let both = query.with(get.names[1], get.isList ? "('1.2')" : "'1.2'")
        #expect(queryErrors(both).map(\.code) == [.storedQueryParamNumber])
        let twice = query.adding(get.names[0], get.isList ? "(\(urn))" : urn)
        #expect(queryErrors(twice).map(\.code) == [.storedQueryParamNumber])
    }

    @Test("several values for one object are XDSStoredQueryParamNumber", arguments: GetQueryCase.all)
    func countsValues(_ get: GetQueryCase) {
        let urn = SampleQuery.literal(Self.id.urn)
        let several = get.query("(\(urn),\(urn))")
        #expect(queryErrors(several).map(\.code) == (get.isList ? [] : [.storedQueryParamNumber]))
        let bare = get.query(Self.id.urn)
        #expect(queryErrors(bare).map(\.code) == [.registryError], "no quotes")
    }

    @Test("a bad $MetadataLevel is an error of every query", arguments: GetQueryCase.all)
    func checksLevel(_ get: GetQueryCase) {
        let urn = SampleQuery.literal(Self.id.urn)
        let query = get.query(get.isList ? "(\(urn))" : urn)
        #expect(queryErrors(query.with("$MetadataLevel", "2")) == [])
        #expect(queryErrors(query.with("$MetadataLevel", "3")).map(\.code) == [.registryError])
    }

    @Test("logicalIDs of documents and folders belong to level 2", arguments: GetQueryCase.all.prefix(2))
    func readsLogicalIDs(_ get: GetQueryCase) throws {
        let parameter = get.id == .getFolders ? "$XDSFolderLogicalID" : "$XDSDocumentEntryLogicalID"
        let query = SampleQuery.of(get.id, ["$MetadataLevel": "2"]).with(parameter, SampleQuery.list([Self.id]))
        #expect(try selection(query) == .logicalIDs([Self.id]))
        let errors = queryErrors(query.without("$MetadataLevel"))
        #expect(errors.map(\.code) == [.storedQueryMissingParam])
        #expect(errors.first?.context.contains("$MetadataLevel 2") == true)
        #expect(queryErrors(query.with(get.names[1], "('1')")).map(\.code) == [.storedQueryParamNumber])
    }

    @Test(
        "3.18.4.1.2.3.7.7, 3.18.4.1.2.3.7.9: $uuid is required, and what is no UUID names nothing",
        arguments: [StoredQueryID.getAssociations, .getSubmissionSets])
    func readsUUIDs(_ id: StoredQueryID) throws {
        let query = SampleQuery.of(id, ["$uuid": "('\(Self.id.urn)','x')"])
        switch try StoredQuery.decode(query.adhocQuery).query {
        case .getAssociations(let get):
            #expect(get.objects == [Self.id])
            #expect(get.associationStatuses == [.approved])
        case .getSubmissionSets(let get): #expect(get.objects == [Self.id])
        default: throw FormatProblem("is another query")
        }
        #expect(queryErrors(query.with("$uuid", "('x')")) == [])
        #expect(queryErrors(query.without("$uuid")).map(\.code) == [.storedQueryMissingParam])
        #expect(queryErrors(query.with("$uuid", "()")).map(\.code) == [.storedQueryMissingParam])
        #expect(queryErrors(query.with("$uuid", "'\(Self.id.urn)'")).map(\.code) == [.registryError])
        #expect(queryErrors(query.adding("$uuid", "('x')")).map(\.code) == [.storedQueryParamNumber])
    }

    @Test("3.18.4.1.2.3.7.13: $AssociationTypes is required; memberships and unknown types match nothing")
    func readsAssociationTypes() throws {
        let query = SampleQuery.getRelatedDocuments(Self.id, [.replace, .hasMember, .append, .submitAssociation])
        guard case .getRelatedDocuments(let get) = try StoredQuery.decode(query.adhocQuery).query,
            case .getRelatedDocuments(let other) = try StoredQuery.decode(
                query.with("$AssociationTypes", "('urn:x')").adhocQuery
            ).query
        else { throw FormatProblem("is another query") }
        #expect(get.associationTypes == [.replace, .append])
        #expect(get.filter.types == [.stable])
        #expect(other.associationTypes.isEmpty)
        #expect(queryErrors(query.without("$AssociationTypes")).map(\.code) == [.storedQueryMissingParam])
        #expect(queryErrors(query.with("$AssociationTypes", "()")).map(\.code) == [.storedQueryMissingParam])
    }

    @Test(
        "contents are limited by format, confidentiality and kind",
        arguments: [GetQueryCase.all[3], GetQueryCase.all[4]])
    func readsContentFilters(_ get: GetQueryCase) throws {
        let query = get.query(SampleQuery.literal(Self.id.urn)).with("$XDSDocumentEntryFormatCode", "('f^^1')")
            .adding("$XDSDocumentEntryConfidentialityCode", "('N^^1','V^^1')")
            .adding("$XDSDocumentEntryConfidentialityCode", "('R^^1')")
            .with("$XDSDocumentEntryType", SampleQuery.list([DocumentEntryType.onDemand.rawValue]))
        let filter: DocumentEntryFilter
        switch try StoredQuery.decode(query.adhocQuery).query {
        case .getSubmissionSetAndContents(let get): filter = get.filter
        case .getFolderAndContents(let get): filter = get.filter
        default: throw FormatProblem("is another query")
        }
        #expect(filter.formatCodes.map(\.code) == ["f"])
        #expect(filter.confidentialityCodeGroups.map { $0.map(\.code) } == [["N", "V"], ["R"]])
        #expect(filter.types == [.onDemand])
    }

    @Test("@home and unknown parameters are accepted and change nothing")
    func ignoresHome() throws {
        let query = SampleQuery.getFolders([Self.id]).with("$XDSSomethingElse", "nonsense")
        let adhocQuery = AdhocQuery(id: query.id, home: "urn:oid:2.999.1", slots: query.parameters)
        #expect(try StoredQuery.decode(adhocQuery).query.selection == .entryUUIDs([Self.id]))
    }
}
