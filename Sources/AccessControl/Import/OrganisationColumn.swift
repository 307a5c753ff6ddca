/// The columns a file of organisations may have. The first line of the file names those it has, in any order; capitals,
/// spaces, hyphens and underscores do not matter.
public enum OrganisationColumn: String, Sendable, CaseIterable {
    case identifier, name, ura, kind, homeCommunityId, contact, transactions, sourceIds, reading, updates
    /// PEM files, relative to the folder of the file; several are separated by spaces or bars.
    case certificates
    /// With ``serialNumber``: a certificate by what its issuer calls it.
    case issuer
    case serialNumber
    /// Which documents of others it may see, as `code^^codingScheme`.
    case confidentialityCodes, classCodes
    case maximumRequests, maximumBytes, requestsPerSecond

    /// Finds a column by its heading.
    init?(heading: String) {
        let plain = Self.plain(heading)
        guard let column = Self.allCases.first(where: { Self.plain($0.rawValue) == plain }) else { return nil }
        self = column
    }

    private static func plain(_ text: String) -> String {
        text.lowercased().filter { $0 != " " && $0 != "-" && $0 != "_" }
    }
}
