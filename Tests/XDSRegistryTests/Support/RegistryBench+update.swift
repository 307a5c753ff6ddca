import FoundationEssentials
import NIOCore
import PostgresKit
import SOAPKit
import XDSMetadata
import XDSTesting
import XMLKit

@testable import XDSRegistry

extension RegistryBench {
    /// A caller that may change only what its own organisation submitted.
    static func caller(_ organisation: String) -> Caller {
        Caller(
            requestID: "request", organisation: organisation, mayCall: { _ in true }, maySubmitAs: { _ in true },
            mayChange: { $0 == organisation })
    }

    /// Updates metadata; by default on behalf of whom `register` submits for.
    func update(
        _ sample: SampleSubmission, by transaction: UpdateTransaction = .updateDocumentSet,
        caller: Caller = caller("ziekenhuis")
    ) async throws -> RegistryResponse {
        try await registry.update(sample.unverified, by: transaction, caller: caller)
    }

    /// Removes metadata.
    func remove(_ ids: [UUID], caller: Caller = caller("ziekenhuis")) async throws -> RegistryResponse {
        try await registry.remove(RemoveMetadataRequest(objectIds: ids.map { .uuid($0) }), caller: caller)
    }

    /// Sends a message through the router, as a partner does.
    func send(_ message: SampleMessage, caller: Caller = caller) async throws -> RegistryResponse {
        let router = SOAPRouter(operations: registry.operations, attachments: NoAttachments())
        let body = AsyncStream<ByteBuffer> { continuation in
            continuation.yield(message.body)
            continuation.finish()
        }
        let response = await router.respond(
            contentType: message.contentType, body: body, context: caller, requestID: "request")
        var answer = ByteBuffer()
        try await response.write { answer.writeImmutableBuffer($0) }
        let root = try XMLDocument(parsing: answer).root
        let soap = "http://www.w3.org/2003/05/soap-envelope"
        guard let payload = root.first(QualifiedName(soap, "Body"))?.children.first(where: { _ in true }) else {
            throw Unexpected(description: "no payload in \(String(buffer: answer))")
        }
        return try RegistryResponse(decoding: payload)
    }

    // MARK: Registered objects

    /// Everything of a registered submission that tests refer to.
    struct Registered: Sendable {
        /// Its first document.
        let document: UUID
        /// What was sent as its metadata.
        let entry: ExtrinsicObject
        /// Its Folder, if there is one.
        let folder: UUID
        /// What was sent as its metadata.
        let package: RegistryPackage
    }

    /// Registers a document in a new Folder.
    func registerFiled(documents: Int = 1, patientId: String = SampleMetadata.patientId) async throws -> Registered {
        var sample = SampleMetadata.submission(documents: documents, folders: 1, patientId: patientId)
        let document = sample.identify()
        let folder = sample.identifyFolder()
        sample.link(folder: folder.urn, documentEntry: document.urn)
        try await accept(sample)
        return Registered(
            document: document, entry: sample.completed().documentEntry, folder: folder, package: sample.folder)
    }

    // MARK: Looking

    /// A version as its columns and its fragment tell it, which have to agree.
    func version(_ id: UUID, in table: String = "document_entry") async throws -> String {
        try await text(
            """
            select version || ' ' || status::text || case when latest then ' latest' else '' end
            from \(unescaped: table) where entry_uuid = \(id)
                and fragment like '%<rim:VersionInfo versionName="' || version || '"%'
                and fragment like '% status="urn:oasis:names:tc:ebxml-regrep:StatusType:' || status::text || '" id="urn:uuid:'
                    || entry_uuid || '" lid="urn:uuid:' || logical_id || '"%'
            """)
    }

    /// The id of the latest version of an object.
    func latest(of logicalID: UUID, in table: String = "document_entry") async throws -> UUID {
        try await client.query(
            "select entry_uuid from \(unescaped: table) where logical_id = \(logicalID) and latest"
        ).decode(UUID.self, row: 0, column: 0)
    }

    /// Approved Associations between two objects.
    func links(_ source: UUID, _ target: UUID) async throws -> Int64 {
        try await number(
            """
            select count(*) from association where source_object = \(source) and target_object = \(target)
                and status = 'Approved' and fragment like '% status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"%'
            """)
    }

    /// Ids of the Associations that touch an object.
    func associations(of id: UUID) async throws -> [UUID] {
        try await client.query(
            "select entry_uuid from association where source_object = \(id) or target_object = \(id)"
        ).map { try $0.decode(UUID.self, column: 0) }
    }
}

extension SampleQuery {
    /// GetDocuments by logicalID, all versions.
    static func versions(of logicalID: UUID) -> SampleQuery {
        SampleQuery(
            id: StoredQueryID.getDocuments.rawValue,
            parameters: [
                Slot(name: "$XDSDocumentEntryLogicalID", values: ["('\(logicalID.urn)')"]),
                Slot(name: "$MetadataLevel", values: ["2"]),
            ])
    }
}
