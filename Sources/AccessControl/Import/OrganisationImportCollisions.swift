import Trust

/// What two lines of a file, or a line and the register, cannot both have.
enum OrganisationImportCollisions {
    /// Every collision, told at the later line.
    static func problems(
        of additions: [(line: Int, addition: OrganisationRegister.Addition)], registered: [OrganisationRegister.Entry]
    ) -> [OrganisationImportProblem] {
        var owners = Owners()
        let replaced = Set(additions.map(\.addition.organisation.identifier))
        for entry in registered {
            let identifier = entry.organisation.identifier
            // The URA of an organisation in the file is what the file says.
            if let ura = entry.organisation.ura, !replaced.contains(identifier) {
                _ = owners.take("ura \(ura)", identifier)
            }
            for certificate in entry.certificates { _ = owners.take("key \(certificate.spkiSHA256)", identifier) }
            for name in entry.certificateNames { _ = owners.take("name \(name)", identifier) }
        }
        var seen: [String: Int] = [:]
        var problems: [OrganisationImportProblem] = []
        for (line, addition) in additions {
            let organisation = addition.organisation
            func note(_ reason: String) {
                problems.append(.init(line: line, column: nil, name: nil, reason: reason))
            }
            if let first = seen[organisation.identifier] {
                note("\(organisation.identifier) stands on line \(first) already")
            }
            seen[organisation.identifier] = seen[organisation.identifier] ?? line
            if let ura = organisation.ura, let owner = owners.take("ura \(ura)", organisation.identifier) {
                note("URA \(ura) belongs to \(owner)")
            }
            for certificate in addition.certificates {
                if let owner = owners.take("key \(certificate.spkiSHA256)", organisation.identifier) {
                    note("the key of certificate \(certificate.subject) belongs to \(owner)")
                }
            }
            for name in addition.names {
                if let owner = owners.take("name \(name)", organisation.identifier) {
                    note("certificate \(name) belongs to \(owner)")
                }
            }
        }
        return problems
    }

    private struct Owners {
        private var owners: [String: String] = [:]

        /// Gives a thing to an organisation.
        /// - Returns: whose it is already, if it is another's.
        mutating func take(_ thing: String, _ identifier: String) -> String? {
            let owner = owners[thing]
            if owner == nil { owners[thing] = identifier }
            return owner == identifier ? nil : owner
        }
    }
}
