/// `$MetadataLevel`: which versions of an object a query shows.
///
/// - Source: Metadata Update supplement, ITI TF-2: 3.18.4.1.2.3.5.1.
public enum MetadataLevel: Int, Hashable, Sendable, CaseIterable {
    /// Only the latest version, whatever its status.
    case latest = 1
    /// All versions.
    case all = 2
}

extension QueryParameters {
    /// `$MetadataLevel`: 1 if absent; other numbers than 1 and 2 are XDSRegistryError.
    mutating func metadataLevel() -> MetadataLevel {
        guard let number = one(QueryParameterName.metadataLevel, .number) else { return .latest }
        if let level = MetadataLevel(rawValue: number) { return level }
        report(
            .registryError, "parameter \(QueryParameterName.metadataLevel) is neither 1 nor 2",
            parameter: QueryParameterName.metadataLevel)
        return .latest
    }
}
