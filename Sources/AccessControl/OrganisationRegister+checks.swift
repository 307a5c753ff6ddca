extension OrganisationRegister {
    /// Refuses values that are malformed, before anything is written.
    static func check(_ organisation: Organisation) throws(OrganisationRegisterError) {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        guard (1...40).contains(organisation.identifier.count), organisation.identifier.allSatisfy(allowed.contains)
        else {
            throw .malformed("identifier", "use lower-case letters, digits and hyphens, at most 40 of them")
        }
        guard organisation.name.contains(where: { !$0.isWhitespace }) else {
            throw .malformed("name", "give the name of the organisation")
        }
        if let ura = organisation.ura, ura.utf8.count != 8 || !ura.utf8.allSatisfy({ (48...57).contains($0) }) {
            throw .malformed("ura", "give 8 digits, leading zeros included")
        }
        if let kind = organisation.kind, !isCode(kind) {
            throw .malformed("kind", "give the code of the care provider type, as V4")
        }
        if let community = organisation.homeCommunityID, !isHomeCommunity(community) {
            throw .malformed("homeCommunityId", "give urn:oid: and an OID")
        }
        let codes = [organisation.visibility.confidentialityCodes, organisation.visibility.classCodes]
        guard codes.allSatisfy({ $0?.allSatisfy(isCodeKey) ?? true }) else {
            throw .malformed("code", "give it as code^^codingScheme, as in queries")
        }
        let limits = organisation.limits
        guard [limits.requests, limits.bytes, limits.requestsPerSecond].allSatisfy({ ($0 ?? 1) > 0 }) else {
            throw .malformed("limit", "give a whole number above 0, or leave it out for the configuration's default")
        }
    }

    private static func isCode(_ text: String) -> Bool {
        (1...16).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
    }

    /// `code^^codingScheme`, as queries write codes.
    private static func isCodeKey(_ text: String) -> Bool {
        let parts = text.split(separator: "^", omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[0].isEmpty && parts[1].isEmpty && !parts[2].isEmpty && text.count <= 512
    }

    private static func isHomeCommunity(_ text: String) -> Bool {
        guard text.hasPrefix("urn:oid:"), text.utf8.count <= 72 else { return false }
        let arcs = text.dropFirst(8).split(separator: ".", omittingEmptySubsequences: false)
        return arcs.count >= 2 && ["0", "1", "2"].contains(arcs[0])
            && arcs.allSatisfy { arc in
                !arc.isEmpty && arc.utf8.allSatisfy { (48...57).contains($0) } && (arc.count == 1 || arc.first != "0")
            }
    }
}
