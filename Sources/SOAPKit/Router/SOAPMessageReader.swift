import NIOCore
import XMLKit

/// Reads one message from its body, of either packaging. Used for one message, by one task.
struct SOAPMessageReader<Store: AttachmentStore>: ~Copyable {
    let store: Store
    let limits: SOAPLimits
    let understood: Set<QualifiedName>
    let staged = StagedAttachments<Store.Attachment>()
    private let share: SOAPEnvelopeShare

    private(set) var bytesRead = 0
    private(set) var isBodyConsumed = false
    private(set) var packaging: SOAPPackaging?
    private(set) var messageID: String?

    init(
        store: Store, limits: SOAPLimits, understood: Set<QualifiedName>, budget: SOAPEnvelopeBudget? = nil,
        sender: String = ""
    ) {
        share = SOAPEnvelopeShare(of: budget, sender: sender)
        self.store = store
        self.limits = limits
        self.understood = understood
    }

    /// Reads the whole message.
    /// - Parameter accept: called as soon as the envelope is known, which may be long before the attachments are in;
    ///   throws a fault to stop there.
    mutating func read<Body: AsyncSequence>(
        contentType: String?, contentEncoding: String?, body: Body, accept: (SOAPEnvelope) throws(SOAPFault) -> Void
    ) async throws(SOAPReadFailure) -> SOAPRequest<Store.Attachment> where Body.Element == ByteBuffer {
        let form: SOAPMessageForm
        do {
            form = try SOAPMessageForm(contentType: contentType, contentEncoding: contentEncoding)
        } catch {
            throw .fault(error)
        }
        packaging = form.packaging
        switch form {
        case .envelope(let charset, let isSOAP12Type):
            let envelope = try await readEnvelope(charset: charset, isSOAP12Type: isSOAP12Type, body: body)
            do {
                try accept(envelope)
                try checkReferences(envelope, attachments: [:])
            } catch {
                throw .fault(error)
            }
            return request(.simple, envelope, [:])
        case .package(let boundary, let start):
            return try await readPackage(boundary: boundary, start: start, body: body, accept: accept)
        }
    }

    // MARK: Simple packaging

    private mutating func readEnvelope<Body: AsyncSequence>(
        charset: String?, isSOAP12Type: Bool, body: Body
    ) async throws(SOAPReadFailure) -> SOAPEnvelope where Body.Element == ByteBuffer {
        var iterator = body.makeAsyncIterator()
        let document: XMLDocument
        do {
            var parser = try XMLDocumentParser(limits: limits.envelope, encoding: charset)
            while let chunk = try await nextChunk(&iterator) {
                try share.take(chunk.readableBytes)
                try parser.parse(chunk)
            }
            document = try parser.finish()
        } catch let error as XMLError {
            throw .fault(.unreadable(error))
        } catch let failure as SOAPReadFailure {
            throw failure
        } catch {
            throw .disconnected(error)
        }
        return try decode(document, isSOAP12Type: isSOAP12Type)
    }

    /// Takes the next bytes of the body, counting them.
    private mutating func nextChunk<Iterator: AsyncIteratorProtocol>(
        _ iterator: inout Iterator
    ) async throws(SOAPReadFailure) -> ByteBuffer? where Iterator.Element == ByteBuffer {
        let chunk: ByteBuffer?
        do {
            chunk = try await iterator.next(isolation: #isolation)
        } catch let fault as SOAPFault {
            // Whoever hands the body over may refuse to take more of it.
            throw .fault(fault)
        } catch {
            throw .disconnected(error)
        }
        guard let chunk else {
            isBodyConsumed = true
            return nil
        }
        bytesRead += chunk.readableBytes
        guard bytesRead <= limits.messageBytes else {
            throw .fault(.messageTooLarge(limits.messageBytes))
        }
        return chunk
    }

    private mutating func decode(_ document: XMLDocument, isSOAP12Type: Bool) throws(SOAPReadFailure) -> SOAPEnvelope {
        messageID = SOAPOutline.messageID(of: document)
        do throws(SOAPFault) {
            let envelope = try SOAPEnvelope.decode(document, understood: understood)
            guard isSOAP12Type else {
                throw SOAPFault.unsupportedMediaType(
                    "A SOAP 1.2 envelope must be sent as application/soap+xml, or as root of an MTOM package.")
            }
            return envelope
        } catch {
            throw .fault(error)
        }
    }

    // MARK: MTOM packaging

    private mutating func readPackage<Body: AsyncSequence>(
        boundary: String, start: String?, body: Body, accept: (SOAPEnvelope) throws(SOAPFault) -> Void
    ) async throws(SOAPReadFailure) -> SOAPRequest<Store.Attachment> where Body.Element == ByteBuffer {
        var machine: MultipartReaderStateMachine
        do {
            machine = try MultipartReaderStateMachine(boundary: boundary, limits: limits)
        } catch {
            throw .fault(.unreadable(error))
        }
        var parts = SOAPPackageParts(store: store, staged: staged, limits: limits, start: start, share: share)
        var envelope: SOAPEnvelope?
        do throws(SOAPReadFailure) {
            var iterator = body.makeAsyncIterator()
            while let chunk = try await nextChunk(&iterator) {
                machine.receive(chunk)
                while let event = try Self.nextEvent(&machine) {
                    guard let root = try await parts.handle(event) else { continue }
                    let decoded = try decode(root.document, isSOAP12Type: root.isSOAP12Type)
                    try Self.asFailure { () throws(SOAPFault) in try accept(decoded) }
                    envelope = decoded
                }
            }
            try Self.end(machine)
            guard let envelope else { throw SOAPReadFailure.fault(parts.missingRoot) }
            let attachments = parts.attachments
            try Self.asFailure { () throws(SOAPFault) in
                try checkReferences(envelope, attachments: attachments)
            }
            return request(.mtom, envelope, attachments)
        } catch {
            await parts.abandon()
            throw error
        }
    }

    private static func nextEvent(
        _ machine: inout MultipartReaderStateMachine
    ) throws(SOAPReadFailure) -> MultipartReaderStateMachine.Event? {
        do {
            return try machine.next()
        } catch {
            throw .fault(.unreadable(error))
        }
    }

    private static func end(_ machine: MultipartReaderStateMachine) throws(SOAPReadFailure) {
        do {
            try machine.end()
        } catch {
            throw .fault(.unreadable(error))
        }
    }

    private static func asFailure(_ body: () throws(SOAPFault) -> Void) throws(SOAPReadFailure) {
        do {
            try body()
        } catch {
            throw .fault(error)
        }
    }

    // MARK: The request

    /// Refuses references to parts that are not there, before any operation sees the message.
    private func checkReferences(
        _ envelope: SOAPEnvelope, attachments: [String: Store.Attachment]
    ) throws(SOAPFault) {
        for include in envelope.document.elements(SOAPName.include) {
            let reference = XOPReference(include: include)
            if reference.contentID(among: { attachments[$0] != nil }) == nil { throw reference.unresolved }
        }
    }

    private func request(
        _ packaging: SOAPPackaging, _ envelope: SOAPEnvelope, _ attachments: [String: Store.Attachment]
    ) -> SOAPRequest<Store.Attachment> {
        let store = self.store
        let staged = self.staged
        let limit = limits.attachmentBytes
        return SOAPRequest(packaging: packaging, envelope: envelope, attachments: attachments) { element, mediaType in
            var receiver = try await store.receive(mediaType: mediaType)
            do {
                try await element.decodeBase64(into: &receiver, limit: limit)
                let attachment = try await receiver.finish()
                staged.append(attachment)
                return attachment
            } catch {
                await receiver.abandon()
                throw error
            }
        }
    }
}
