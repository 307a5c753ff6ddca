/// `rim:ExtrinsicObject`: a DocumentEntry on the wire.
///
/// - Source: ebRIM 3.0, section 2.11; ITI TF-3: 4.2.1.2.
public struct ExtrinsicObject: Hashable, Sendable {
    /// Id, Slots, Classifications and the rest.
    public var object: RegistryObject
    /// `@mimeType`.
    public var mimeType: String?
    /// `@isOpaque`; no meaning in XDS, kept.
    public var isOpaque: String?
    /// `rim:ContentVersionInfo`; no meaning in XDS, kept.
    public var contentVersionInfo: VersionInfo?

    /// Makes an object.
    public init(
        object: RegistryObject, mimeType: String?, isOpaque: String? = nil, contentVersionInfo: VersionInfo? = nil
    ) {
        self.object = object
        self.mimeType = mimeType
        self.isOpaque = isOpaque
        self.contentVersionInfo = contentVersionInfo
    }

    /// The id.
    public var entryUUID: EntryUUID { object.entryUUID }
}
