/// The bytes of one document, complete and durable under a temporary name, not yet part of the store.
public struct StagedBlob: Sendable {
    /// Where the bytes are until they are placed or discarded.
    let path: String
    /// The media type of the MIME part, as its sender gave it; metadata decides, this is for diagnosis only.
    public let mediaType: String?
    /// SHA-256 of the bytes: where they will be placed.
    public let address: ContentAddress
    /// 20 bytes, the value of `DocumentEntry.hash`.
    public let sha1: [UInt8]
    /// Bytes.
    public let size: Int
}
