import FoundationEssentials
import PostgresKit
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

/// A registered submission: two documents, the first of them in the folder.
struct Scene {
    /// The SubmissionSet.
    let set: UUID
    /// The DocumentEntries.
    let documents: [UUID]
    /// The Folder.
    let folder: UUID
    /// uniqueId of each object.
    let uniqueIds: [UUID: String]
}

extension RegistryBench {
    /// Registers a submission of two documents and a folder that holds the first.
    func scene(
        patientId: String = SampleMetadata.patientId, _ change: (inout SampleSubmission) -> Void = { _ in }
    ) async throws -> Scene {
        var sample = SampleMetadata.submission(documents: 2, folders: 1, patientId: patientId)
        let set = sample.identifySubmissionSet()
        let documents = [sample.identify(0), sample.identify(1)]
        let folder = sample.identifyFolder()
        sample.link(folder: folder.urn, documentEntry: documents[0].urn)
        change(&sample)
        try await accept(sample)
        var uniqueIds: [UUID: String] = [:]
        for entry in sample.objects.extrinsicObjects { uniqueIds[entry.object.uuid] = entry.uniqueId }
        for package in sample.objects.packages { uniqueIds[package.object.uuid] = package.uniqueId }
        return Scene(set: set, documents: documents, folder: folder, uniqueIds: uniqueIds)
    }

    /// The Associations from one object to another, oldest first.
    func associations(from source: UUID, to target: UUID) async throws -> [UUID] {
        try await client.query(
            """
            select entry_uuid from association where source_object = \(source) and target_object = \(target)
            order by registered_at, entry_uuid
            """
        ).map { try $0.decode(UUID.self, column: 0) }
    }

    /// The Association from one object to another.
    func association(from source: UUID, to target: UUID) async throws -> UUID {
        let found = try await associations(from: source, to: target)
        guard let id = found.first, found.count == 1 else {
            throw Unexpected(description: "\(found.count) associations")
        }
        return id
    }

    /// Changes the status of an Association, in its column alone.
    func setStatus(_ status: AvailabilityStatus, ofAssociation id: UUID) async throws {
        let result = try await client.query(
            "update association set status = \(status.label)::text::availability_status where entry_uuid = \(id)")
        guard result.affectedRows == 1 else { throw Unexpected(description: "no such association") }
    }

    /// Makes an object a former version of another one, as an update does: it shares logicalID and uniqueId.
    func makeFormer(_ former: UUID, of latest: UUID, in table: String = "document_entry") async throws {
        let result = try await client.query(
            """
            update \(unescaped: table) old set latest = false, logical_id = new.logical_id, version = 0,
                unique_id = new.unique_id, status = 'Deprecated'
            from \(unescaped: table) new where old.entry_uuid = \(former) and new.entry_uuid = \(latest)
            """)
        guard result.affectedRows == 1 else { throw Unexpected(description: "no such object") }
    }

    // MARK: Answers

    /// The ids of an answer of any kind in their order: both return types have to agree.
    func found(_ query: SampleQuery) async throws -> [UUID] {
        let refs = try await answer(query, .objectRef).objectRefs.compactMap { EntryUUID($0).uuid }
        let leaves = try await answer(query, .leafClass).ids
        guard refs == leaves, Set(refs).count == refs.count else {
            throw Unexpected(description: "ObjectRef has \(refs.count) objects, LeafClass \(leaves.count)")
        }
        return refs
    }
}

extension RegistryObjectList {
    /// Ids of whole objects in the order that answers have: SubmissionSets, DocumentEntries, Folders, Associations.
    var ids: [UUID] {
        let sets = packages.filter { $0.object.isClassified(node: EbRIMVocabulary.Node.submissionSet) }
        let folders = packages.filter { $0.object.isClassified(node: EbRIMVocabulary.Node.folder) }
        return sets.map(\.object.uuid) + extrinsicObjects.map(\.object.uuid) + folders.map(\.object.uuid)
            + associations.map(\.object.uuid)
    }
}

extension RegistryObject {
    /// Its id; of a test's making if it is none.
    var uuid: UUID { entryUUID.uuid ?? UUID() }
}

extension RegistryPackage {
    /// Replaces all codes under a scheme.
    mutating func setCodes(_ scheme: String, _ codes: [CodedValue]) { object.setCodes(scheme, codes) }

    /// Replaces all authors of a SubmissionSet by persons.
    mutating func setAuthors(_ persons: [String]) {
        object.setAuthors(EbRIMVocabulary.Scheme.submissionSetAuthor, persons)
    }

    /// uniqueId of a SubmissionSet or Folder.
    var uniqueId: String {
        typealias Scheme = EbRIMVocabulary.Scheme
        let identifiers =
            object.identifiers(scheme: Scheme.submissionSetUniqueId) + object.identifiers(scheme: Scheme.folderUniqueId)
        return identifiers.first?.value ?? ""
    }
}
