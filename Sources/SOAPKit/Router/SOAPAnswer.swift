public import NIOCore
public import XMLKit

/// An answer that another system gave to a request of ours.
public struct SOAPAnswer<Attachment: Sendable>: Sendable {
    /// The message: envelope and attachments.
    public let message: SOAPRequest<Attachment>

    /// The element in the body.
    public var payload: XMLElement { message.envelope.body }

    /// The fault, if the answer is one.
    public var fault: SOAPFault? { SOAPFault(payload) }

    /// Reads an answer. What it stages in the store is the caller's to discard or to keep.
    /// - Throws: a ``SOAPFault`` that says what is wrong with the answer; what the body or the store throws.
    public static func read<Body: AsyncSequence, Store: AttachmentStore>(
        contentType: String?, contentEncoding: String? = nil, body: Body, attachments: Store,
        limits: SOAPLimits = .standard
    ) async throws -> SOAPAnswer where Body.Element == ByteBuffer, Store.Attachment == Attachment {
        var reader = SOAPMessageReader(store: attachments, limits: limits, understood: [SOAPName.security])
        do {
            let message = try await reader.read(
                contentType: contentType, contentEncoding: contentEncoding, body: body
            ) { _ throws(SOAPFault) in }
            return SOAPAnswer(message: message)
        } catch {
            await attachments.discard(reader.staged.takeAll())
            switch error {
            case .fault(let fault): throw fault
            case .noRoom: throw SOAPFault.receiver("There is no room for the answer.", httpStatus: 503)
            case .disconnected(let cause), .store(let cause): throw cause
            }
        }
    }
}
