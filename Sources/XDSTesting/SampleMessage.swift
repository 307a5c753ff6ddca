import FoundationEssentials
public import NIOCore
public import XDSMetadata
import XMLKit

/// A whole HTTP body with its content type, as a partner would send it.
public struct SampleMessage: Hashable, Sendable {
    /// Value of `Content-Type`.
    public let contentType: String
    /// The body.
    public let body: ByteBuffer

    /// Makes a message.
    public init(contentType: String, body: ByteBuffer) {
        self.contentType = contentType
        self.body = body
    }

    /// ITI-41 in an MTOM package: the envelope, then one part for each document.
    public static func provideAndRegister(_ submission: SampleSubmission, messageID: String? = nil) -> SampleMessage {
        let envelope = SampleEnvelope.make(
            action: TransactionID.provideAndRegisterDocumentSet.requestAction, messageID: messageID,
            payload: submission.provideAndRegisterRequest()
        )
        return mtom(envelope, attachments: submission.documents)
    }

    /// ITI-42 in a simple envelope.
    public static func register(_ submission: SampleSubmission, messageID: String? = nil) -> SampleMessage {
        simple(
            SampleEnvelope.make(
                action: TransactionID.registerDocumentSet.requestAction, messageID: messageID,
                payload: submission.registerRequest()
            )
        )
    }

    /// ITI-18 in a simple envelope.
    public static func query(_ query: SampleQuery, messageID: String? = nil) -> SampleMessage {
        simple(
            SampleEnvelope.make(
                action: TransactionID.registryStoredQuery.requestAction, messageID: messageID,
                payload: query.request()
            )
        )
    }

    /// ITI-43 in an MTOM package with the root part alone.
    public static func retrieve(
        _ documents: [RetrieveDocumentSetRequest.DocumentRequest], messageID: String? = nil
    ) -> SampleMessage {
        var writer = XMLWriter()
        writer.element("xds:RetrieveDocumentSetRequest", ("xmlns:xds", XDSNamespace.xds)) { writer in
            write(documents, to: &writer)
        }
        let envelope = SampleEnvelope.make(
            action: TransactionID.retrieveDocumentSet.requestAction, messageID: messageID, payload: writer.buffer
        )
        return mtom(envelope, attachments: [])
    }

    /// ITI-57 or ITI-92 in a simple envelope.
    public static func update(
        _ submission: SampleSubmission, by transaction: TransactionID = .updateDocumentSet
    ) -> SampleMessage {
        simple(SampleEnvelope.make(action: transaction.requestAction, payload: submission.registerRequest()))
    }

    /// ITI-62 in a simple envelope.
    public static func remove(_ objectIds: [String]) -> SampleMessage {
        var writer = XMLWriter()
        writer.element(
            "lcm:RemoveObjectsRequest", ("xmlns:lcm", XDSNamespace.lcm), ("xmlns:rim", XDSNamespace.rim)
        ) { writer in
            writer.element("rim:ObjectRefList") { writer in
                for id in objectIds { writer.empty("rim:ObjectRef", ("id", id)) }
            }
        }
        return simple(
            SampleEnvelope.make(action: TransactionID.removeMetadata.requestAction, payload: writer.buffer))
    }

    /// ITI-86 in a simple envelope.
    public static func removeDocuments(
        _ documents: [RetrieveDocumentSetRequest.DocumentRequest]
    ) -> SampleMessage {
        var writer = XMLWriter()
        writer.element(
            "rmd:RemoveDocumentsRequest", ("xmlns:rmd", XDSNamespace.rmd), ("xmlns:xds", XDSNamespace.xds)
        ) { writer in write(documents, to: &writer) }
        return simple(
            SampleEnvelope.make(action: TransactionID.removeDocuments.requestAction, payload: writer.buffer))
    }

    private static func write(
        _ documents: [RetrieveDocumentSetRequest.DocumentRequest], to writer: inout XMLWriter
    ) {
        for document in documents {
            writer.element("xds:DocumentRequest") { writer in
                if let home = document.homeCommunityId { writer.element("xds:HomeCommunityId", text: home) }
                writer.element("xds:RepositoryUniqueId", text: document.repositoryUniqueId)
                writer.element("xds:DocumentUniqueId", text: document.documentUniqueId)
            }
        }
    }

    // MARK: Packaging

    /// A simple envelope.
    public static func simple(_ envelope: ByteBuffer) -> SampleMessage {
        SampleMessage(contentType: "application/soap+xml; charset=UTF-8", body: envelope)
    }

    /// An MTOM package: the envelope as root part, then the documents as binary parts.
    public static func mtom(_ envelope: ByteBuffer, attachments: [SampleDocument]) -> SampleMessage {
        let boundary = "uuid:\(UUID().uuidString.lowercased())"
        let root = "root@voorbeeld.invalid"
        var body = ByteBuffer()
        let rootType = "application/xop+xml; charset=UTF-8; type=\"application/soap+xml\""
        append(part: root, type: rootType, content: envelope, boundary: boundary, to: &body)
        for document in attachments {
            append(
                part: document.contentID, type: document.mimeType, content: ByteBuffer(bytes: document.bytes),
                boundary: boundary, to: &body
            )
        }
        body.writeString("--\(boundary)--\r\n")
        let contentType =
            "multipart/related; type=\"application/xop+xml\"; start=\"<\(root)>\"; "
            + "start-info=\"application/soap+xml\"; boundary=\"\(boundary)\""
        return SampleMessage(contentType: contentType, body: body)
    }

    private static func append(
        part contentID: String, type: String, content: ByteBuffer, boundary: String, to body: inout ByteBuffer
    ) {
        body.writeString("--\(boundary)\r\nContent-Type: \(type)\r\nContent-Transfer-Encoding: binary\r\n")
        body.writeString("Content-ID: <\(contentID)>\r\n\r\n")
        body.writeImmutableBuffer(content)
        body.writeString("\r\n")
    }
}
