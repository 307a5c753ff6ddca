import NIOCore
import XMLKit

/// Leads the parts of a MIME package to where they belong: the root to the XML parser, all others to the store.
struct SOAPPackageParts<Store: AttachmentStore>: ~Copyable {
    /// The root part, parsed.
    struct Root {
        let document: XMLDocument
        let isSOAP12Type: Bool
    }

    private let store: Store
    private let staged: StagedAttachments<Store.Attachment>
    private let limits: SOAPLimits
    private let start: String?
    private let share: SOAPEnvelopeShare

    /// The attachments so far, by Content-ID.
    private(set) var attachments: [String: Store.Attachment] = [:]

    private var contentIDs: Set<String> = []
    private var partCount = 0
    private var hasRoot = false
    private var isSOAP12Type = true
    private var rootParser: XMLDocumentParser?
    private var receiver: Store.Receiver?
    private var currentID = ""
    private var decoder = TransferDecoder.identity
    private var received = 0

    init(
        store: Store, staged: StagedAttachments<Store.Attachment>, limits: SOAPLimits, start: String?,
        share: SOAPEnvelopeShare
    ) {
        self.share = share
        self.store = store
        self.staged = staged
        self.limits = limits
        self.start = start
    }

    /// Handles one event; gives the root when it is complete.
    mutating func handle(_ event: MultipartReaderStateMachine.Event) async throws(SOAPReadFailure) -> Root? {
        switch event {
        case .partBegan(let header):
            try await begin(header)
        case .data(let bytes):
            try await receive(try decoded(bytes))
        case .partEnded:
            return try await end()
        case .finished:
            break
        }
        return nil
    }

    /// Lets go of what is unfinished.
    mutating func abandon() async {
        rootParser = nil
        await receiver?.abandon()
        receiver = nil
    }

    /// The fault for a package that ended without its root.
    var missingRoot: SOAPFault {
        start == nil
            ? .sender("The MIME package has no parts.")
            : .sender("The start parameter of the Content-Type names no part of the MIME package.")
    }

    // MARK: One part

    private mutating func begin(_ header: PartHeader) async throws(SOAPReadFailure) {
        partCount += 1
        let contentID = header.contentID
        if let contentID, !contentIDs.insert(contentID).inserted {
            throw .fault(.sender("Two parts of the MIME package have the same Content-ID (part \(partCount))."))
        }
        guard let decoder = TransferDecoder(header["content-transfer-encoding"]) else {
            throw .fault(
                .sender(
                    "The Content-Transfer-Encoding of MIME part \(partCount) is not supported; send binary or base64."))
        }
        self.decoder = decoder
        received = 0
        if isRoot(contentID) {
            try beginRoot(header)
            return
        }
        guard let contentID else {
            throw .fault(.sender("MIME part \(partCount) has no Content-ID, so nothing can refer to it."))
        }
        currentID = contentID
        do {
            receiver = try await store.receive(mediaType: header["content-type"])
        } catch {
            throw .store(error)
        }
    }

    /// The part that `start` names; without `start`, or without a Content-ID to compare, the first part.
    private func isRoot(_ contentID: String?) -> Bool {
        guard let start, let contentID else { return partCount == 1 }
        return contentID == start
    }

    private mutating func beginRoot(_ header: PartHeader) throws(SOAPReadFailure) {
        guard !hasRoot else {
            throw .fault(
                .sender("The MIME package has two root parts: one without Content-ID, and the one that start names."))
        }
        hasRoot = true
        var charset: String?
        if let field = header["content-type"] {
            guard let type = MediaType(field) else {
                throw .fault(.unsupportedMediaType("The Content-Type of the root part is malformed."))
            }
            charset = type[parameter: "charset"]
            switch type.essence {
            case "application/xop+xml", "application/soap+xml": isSOAP12Type = type[parameter: "type"] != "text/xml"
            case "text/xml", "application/xml": isSOAP12Type = false
            default:
                throw .fault(.unsupportedMediaType("The root part must have the Content-Type application/xop+xml."))
            }
        }
        do {
            rootParser = try XMLDocumentParser(limits: limits.envelope, encoding: charset)
        } catch {
            throw .fault(.unreadable(error))
        }
    }

    private mutating func receive(_ bytes: ByteBuffer) async throws(SOAPReadFailure) {
        guard bytes.readableBytes > 0 else { return }
        if rootParser != nil {
            try share.take(bytes.readableBytes)
            do {
                try rootParser?.parse(bytes)
            } catch {
                throw .fault(.unreadable(error))
            }
            return
        }
        received += bytes.readableBytes
        guard received <= limits.attachmentBytes else {
            throw .fault(.tooLarge("MIME part \(partCount) is larger than \(limits.attachmentBytes) bytes."))
        }
        do {
            try await receiver?.receive(bytes)
        } catch {
            throw .store(error)
        }
    }

    private mutating func end() async throws(SOAPReadFailure) -> Root? {
        let last: ByteBuffer
        do {
            last = try decoder.finish()
        } catch {
            throw .fault(malformedBase64)
        }
        try await receive(last)
        if let parser = rootParser.take() {
            do {
                return Root(document: try parser.finish(), isSOAP12Type: isSOAP12Type)
            } catch {
                throw .fault(.unreadable(error))
            }
        }
        guard var finished = receiver.take() else { return nil }
        do {
            let attachment = try await finished.finish()
            staged.append(attachment)
            attachments[currentID] = attachment
        } catch {
            await finished.abandon()
            throw .store(error)
        }
        return nil
    }

    private mutating func decoded(_ bytes: ByteBuffer) throws(SOAPReadFailure) -> ByteBuffer {
        do {
            return try decoder.decode(bytes)
        } catch {
            throw .fault(malformedBase64)
        }
    }

    private var malformedBase64: SOAPFault {
        .sender("MIME part \(partCount) is announced as base64 but is not.")
    }
}
