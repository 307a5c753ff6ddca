/// What a caller may see of the objects in the registry and of the bytes in the repository.
///
/// It becomes part of the statement of each query and retrieval, so that a hidden document is as absent as one that does
/// not exist. An organisation always sees what it submitted.
public struct AccessScope: Hashable, Sendable {
    /// How the consent of patients is asked.
    public enum Consent: String, Hashable, Sendable, CaseIterable {
        /// A patient's documents are shown after the patient agreed (Wabvpz, article 15a).
        case optIn = "opt-in"
        /// A patient's documents are shown unless the patient objected.
        case optOut = "opt-out"
        /// Consent is looked after elsewhere.
        case off = "off"
    }

    /// Identifier of the organisation.
    public let organisation: String
    /// What kind of organisation it is: its care provider type code; nil if that is not registered.
    public let organisationKind: String?
    /// How the consent of patients is asked.
    public let consent: Consent
    /// The confidentialityCodes it may see, as `code^^codingScheme`; an entry is shown if all of its codes are among
    /// them. nil: any.
    public let confidentialityCodes: [String]?
    /// The classCodes it may see, as `code^^codingScheme`. nil: any.
    public let classCodes: [String]?

    /// A scope.
    public init(
        organisation: String, organisationKind: String? = nil, consent: Consent = .off,
        confidentialityCodes: [String]? = nil, classCodes: [String]? = nil
    ) {
        self.organisation = organisation
        self.organisationKind = organisationKind
        self.consent = consent
        self.confidentialityCodes = confidentialityCodes
        self.classCodes = classCodes
    }

    /// Whether anything can be hidden from the caller.
    public var isUnlimited: Bool { consent == .off && confidentialityCodes == nil && classCodes == nil }
}
