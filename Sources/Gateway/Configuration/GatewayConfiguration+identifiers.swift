import XDSMetadata

extension GatewayConfiguration {
    /// Identifiers that look right to a file can still be wrong for the Framework: checked before anything starts.
    func checkIdentifiers() throws {
        var problems: [String] = []
        if OID(repository.uniqueID) == nil {
            problems.append("repository.uniqueId: must be an OID of at most 64 characters, as 2.999.1.2")
        }
        if OID(patientDomain) == nil {
            problems.append("registry.patientDomain: must be an OID of at most 64 characters, as 2.16.840.1.113883.2.4.6.3")
        }
        if HomeCommunityID(homeCommunityID) == nil {
            problems.append("community.homeCommunityId: must be an OID in URN form, as urn:oid:2.999.1.1")
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    }
}
