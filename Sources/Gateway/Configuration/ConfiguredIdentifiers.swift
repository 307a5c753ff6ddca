import XDSMetadata

/// The identifiers of the installation. A text that a file accepts can still be wrong for the Framework: found out here,
/// before anything starts.
struct ConfiguredIdentifiers {
    let repositoryUniqueID: OID
    let homeCommunityID: HomeCommunityID
    let patientDomain: OID

    /// - Throws: ``ConfigurationError`` with every identifier that is wrong.
    init(_ source: ConfigurationSource) throws {
        var problems: [String] = []
        let repository = Self.parse("repository.uniqueId", source, &problems) { text in try OID(parsing: text) }
        let community = Self.parse("community.homeCommunityId", source, &problems) { text in
            try HomeCommunityID(parsing: text)
        }
        let domain = Self.parse("registry.patientDomain", source, &problems) { text in try OID(parsing: text) }
        guard let repository, let community, let domain else { throw ConfigurationError(problems: problems) }
        repositoryUniqueID = repository
        homeCommunityID = community
        patientDomain = domain
    }

    private static func parse<Identifier>(
        _ key: String, _ source: ConfigurationSource, _ problems: inout [String], _ parse: (String) throws -> Identifier
    ) -> Identifier? {
        do {
            return try parse(source.string(key))
        } catch {
            problems.append("\(key): \"\(source.string(key))\" \(error)")
            return nil
        }
    }
}
