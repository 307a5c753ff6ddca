public import XMLKit

/// What one message may cost.
public struct SOAPLimits: Sendable, Hashable {
    /// Bytes of the envelope as it arrives, in both packagings.
    public var rootBytes: Int

    /// Parts of a MIME package, the root included.
    public var parts: Int

    /// Bytes of the header lines of one part.
    public var partHeaderBytes: Int

    /// Bytes of one attachment, decoded.
    public var attachmentBytes: Int

    /// Bytes of the whole HTTP body.
    public var messageBytes: Int

    /// Bytes allowed before the first and after the last boundary; they are skipped.
    public var surroundingBytes: Int

    /// What the envelope may cost as XML. Its `totalBytes` is replaced by `rootBytes`.
    public var xml: XMLParserLimits

    /// Makes limits; what is not given is as in ``standard``.
    public init(
        rootBytes: Int = 32 << 20,
        parts: Int = 2_000,
        partHeaderBytes: Int = 8 << 10,
        attachmentBytes: Int = 2 << 30,
        messageBytes: Int = 4 << 30,
        surroundingBytes: Int = 64 << 10,
        xml: XMLParserLimits = XMLParserLimits(textBytes: 32 << 20)
    ) {
        self.rootBytes = rootBytes
        self.parts = parts
        self.partHeaderBytes = partHeaderBytes
        self.attachmentBytes = attachmentBytes
        self.messageBytes = messageBytes
        self.surroundingBytes = surroundingBytes
        self.xml = xml
    }

    /// Documents of up to 2 GiB, envelopes of up to 32 MiB.
    public static let standard = SOAPLimits()

    /// The limits handed to the XML parser.
    var envelope: XMLParserLimits {
        var limits = xml
        limits.totalBytes = rootBytes
        return limits
    }
}
