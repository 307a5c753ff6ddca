import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

@Suite("ITI-62 and ITI-86: requests and rules of removal")
struct RemovalTests {
    /// A registry: a SubmissionSet with a document that is in a Folder, and an addendum with its own SubmissionSet.
    private struct Scenario {
        var state = RemovalState()
        let set = UUID()
        let document = UUID()
        let hasMember = UUID()
        let otherSet = UUID()
        let addendum = UUID()
        let otherHasMember = UUID()
        let relationship = UUID()
        var mayChange: (String) -> Bool = { $0 == "ziekenhuis" }

        init() {
            add(.submissionSet, set, otherSet)
            add(.documentEntry, document, addendum)
            link(hasMember, set, document)
            link(otherHasMember, otherSet, addendum)
            link(relationship, addendum, document)
        }

        mutating func add(_ kind: ObjectKind, _ ids: UUID..., submitter: String? = "ziekenhuis") {
            for id in ids { state.objects[id] = .init(kind: kind, submitter: submitter) }
        }

        mutating func link(_ id: UUID, _ source: UUID, _ target: UUID) {
            add(.association, id)
            state.associations[id] = .init(source: source, target: target)
        }

        func errors(_ ids: UUID...) -> [RegistryError] {
            do throws(SubmissionRefusal) {
                let request = RemoveMetadataRequest(objectIds: ids.map { .uuid($0) })
                let removal = try ValidatedRemoval(request, against: state, mayChange: mayChange)
                #expect(removal.objects == ids)
                return []
            } catch {
                return error.errors
            }
        }
    }

    @Test("3.62.4.1.3: a whole submission goes; a relationship alone goes if both ends keep their SubmissionSet")
    func accepts() {
        let scenario = Scenario()
        #expect(scenario.errors(scenario.relationship) == [])
        #expect(
            scenario.errors(scenario.relationship, scenario.otherHasMember, scenario.addendum, scenario.otherSet) == [])
    }

    @Test("an unknown id is UnresolvedReferenceException, and nothing else is told")
    func refusesUnknown() {
        let scenario = Scenario()
        let unknown = UUID()
        let errors = scenario.errors(unknown, scenario.document)
        #expect(errors.map(\.code) == [.unresolvedReference])
        #expect(errors.first?.context.contains(unknown.urn) == true)
    }

    @Test("a symbolic id is an unknown one")
    func refusesSymbol() {
        #expect(throws: SubmissionRefusal.self) {
            _ = try ValidatedRemoval(
                RemoveMetadataRequest(objectIds: [.symbolic("Document01")]), against: RemovalState(),
                mayChange: { _ in true })
        }
    }

    @Test("an object that an Association outside the list touches is ReferencesExistException, also an Association")
    func refusesReferenced() {
        var scenario = Scenario()
        let errors = scenario.errors(scenario.document)
        #expect(errors.map(\.code) == [.referencesExist])
        #expect(errors.first?.context.contains("DocumentEntry \(scenario.document.urn)") == true)
        scenario.link(UUID(), scenario.set, scenario.relationship)
        #expect(scenario.errors(scenario.relationship).map(\.code) == [.referencesExist])
    }

    @Test("an end left without any Association is XDSUnreferencedObjectException, also a SubmissionSet left empty")
    func refusesLoose() {
        let scenario = Scenario()
        let empty = scenario.errors(scenario.otherHasMember, scenario.addendum, scenario.relationship)
        #expect(empty.map(\.code) == [.unreferencedObject])
        #expect(empty.first?.context.contains("SubmissionSet \(scenario.otherSet.urn)") == true)
        let both = scenario.errors(scenario.hasMember, scenario.relationship)
        #expect(both.map(\.code) == [.unreferencedObject, .unreferencedObject])
    }

    @Test("an object of another organisation is LocalPolicyRestrictionError; so is one of an unknown submitter")
    func refusesForeign() {
        var scenario = Scenario()
        scenario.add(.association, scenario.relationship, submitter: "huisarts")
        #expect(scenario.errors(scenario.relationship).map(\.code) == [.localPolicyRestriction])
        scenario.add(.association, scenario.relationship, submitter: nil)
        #expect(scenario.errors(scenario.relationship).map(\.code) == [.localPolicyRestriction])
        scenario.mayChange = { _ in true }
        #expect(scenario.errors(scenario.relationship) == [])
    }

    // MARK: Requests

    @Test("3.62.4.1.2: ids are read in their order, each once")
    func decodesRemoveMetadata() throws {
        let id = UUID()
        let list = "<rim:ObjectRef id=\" \(id.urn) \"/><rim:ObjectRef id=\"b\"/><rim:ObjectRef id=\"\(id.urn)\"/>"
        let request = try RemoveMetadataRequest(
            decoding: element(
                "<lcm:RemoveObjectsRequest><rim:ObjectRefList>\(list)</rim:ObjectRefList></lcm:RemoveObjectsRequest>"))
        #expect(request.objectIds == [.uuid(id), .symbolic("b")])
    }

    @Test(
        "3.62.4.1.2: a request without ids, by a query or with another scope is not read",
        arguments: [
            "<lcm:RemoveObjectsRequest/>",
            "<lcm:RemoveObjectsRequest><rim:ObjectRefList/></lcm:RemoveObjectsRequest>",
            "<lcm:RemoveObjectsRequest><rim:ObjectRefList><rim:ObjectRef/></rim:ObjectRefList></lcm:RemoveObjectsRequest>",
            "<lcm:RemoveObjectsRequest><rim:AdhocQuery id=\"q\"/><rim:ObjectRefList><rim:ObjectRef id=\"a\"/>"
                + "</rim:ObjectRefList></lcm:RemoveObjectsRequest>",
            "<lcm:RemoveObjectsRequest deletionScope=\"urn:oasis:names:tc:ebxml-regrep:DeletionScopeType:"
                + "DeleteRepositoryItemOnly\"><rim:ObjectRefList><rim:ObjectRef id=\"a\"/></rim:ObjectRefList>"
                + "</lcm:RemoveObjectsRequest>",
            "<lcm:SubmitObjectsRequest/>",
        ])
    func refusesRemoveMetadata(_ xml: String) throws {
        #expect(throws: MessageDecodingError.self) { try RemoveMetadataRequest(decoding: element(xml)) }
    }

    @Test("3.86.4.1.2: documents are named as in ITI-43, in an element of the namespace rmd")
    func decodesRemoveDocuments() throws {
        let document = """
            <xds:DocumentRequest><xds:RepositoryUniqueId>1.2</xds:RepositoryUniqueId>\
            <xds:DocumentUniqueId>3.4</xds:DocumentUniqueId></xds:DocumentRequest>
            """
        func request(_ namespace: String, _ content: String) throws -> RemoveDocumentsRequest {
            try RemoveDocumentsRequest(
                decoding: element(
                    "<r:RemoveDocumentsRequest xmlns:r=\"\(namespace)\">\(content)</r:RemoveDocumentsRequest>"))
        }
        let expected = RetrieveDocumentSetRequest.DocumentRequest(repositoryUniqueId: "1.2", documentUniqueId: "3.4")
        #expect(try request(XDSNamespace.rmd, document + document).documents == [expected, expected])
        #expect(throws: MessageDecodingError.self) { try request(XDSNamespace.xds, document) }
        #expect(throws: MessageDecodingError.self) { try request(XDSNamespace.rmd, "") }
    }
}
