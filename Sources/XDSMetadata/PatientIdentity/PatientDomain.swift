/// The patient identification domain of the affinity domain, and how its ids come to be known.
///
/// - Source: ITI TF-1: 10.4.4 (XAD-PID); ITI TF-2: 3.8.4.1.3.
public struct PatientDomain: Hashable, Sendable {
    /// How an id becomes known to the registry.
    public enum Admission: String, Sendable, CaseIterable {
        /// By the patient identity feed, or an administrator.
        case feed
        /// Also by its first registration.
        case registerOnFirstUse = "register-on-first-use"
    }

    /// What is done about an id that fails the eleven test; only where the domain is that of the BSN.
    public enum BSNCheck: String, Sendable, CaseIterable {
        /// Nothing.
        case off
        /// It is taken, and told to the sender of the feed and in the log.
        case warn
        /// It is refused.
        case reject
    }

    /// Assigning authority of its ids.
    public let authority: OID
    /// How ids become known.
    public let admission: Admission
    /// What is done about ids that fail the eleven test.
    public let bsnCheck: BSNCheck
    /// The OIDs that senders mean by namespaces, where they give no universal id.
    public let namespaces: [String: OID]

    /// Describes a domain.
    public init(
        authority: OID, admission: Admission = .feed, bsnCheck: BSNCheck = .off, namespaces: [String: OID] = [:]
    ) {
        self.authority = authority
        self.admission = admission
        self.bsnCheck = bsnCheck
        self.namespaces = namespaces
    }

    /// Whether the eleven test applies and the id fails it.
    public func failsElevenTest(_ patient: PatientID) -> Bool {
        bsnCheck != .off && authority.text == BSN.assigningAuthority && !BSN.passesElevenTest(patient.id)
    }

    /// Whether an unknown id becomes known by a registration.
    public func admitsOnFirstUse(_ patient: PatientID) -> Bool {
        admission == .registerOnFirstUse && patient.assigningAuthority == authority
            && !(bsnCheck == .reject && failsElevenTest(patient))
    }

    /// Whether the id is one of this domain, after a missing universal id was filled in from the namespaces.
    public func owns(_ identifier: FeedIdentifier) -> Bool {
        universalID(of: identifier) == authority.text && !identifier.id.isEmpty
    }

    /// The id in the form of XDS, whichever its domain; nil without an id or without an OID of its authority.
    ///
    /// - Parameter escape: writes characters of the id that would be taken for delimiters of CX.
    public func patientID(_ identifier: FeedIdentifier, escape: (String) -> String) -> PatientID? {
        guard let universalID = universalID(of: identifier), !identifier.id.isEmpty else { return nil }
        return try? PatientID(parsing: "\(escape(identifier.id))^^^&\(universalID)&ISO")
    }

    private func universalID(of identifier: FeedIdentifier) -> String? {
        guard identifier.universalID.isEmpty else {
            let type = identifier.universalIDType
            return type.isEmpty || type == "ISO" ? identifier.universalID : nil
        }
        return namespaces[identifier.namespace]?.text
    }
}
