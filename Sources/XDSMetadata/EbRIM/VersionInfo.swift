/// `rim:VersionInfo`: the version of a registry object.
///
/// - Source: ebRIM 3.0, section 2.5.
public struct VersionInfo: Hashable, Sendable {
    /// `@versionName`: a positive integer on objects of XDS.
    public var versionName: String?
    /// `@comment`.
    public var comment: String?

    /// Makes a version.
    public init(versionName: String?, comment: String? = nil) {
        self.versionName = versionName
        self.comment = comment
    }
}
