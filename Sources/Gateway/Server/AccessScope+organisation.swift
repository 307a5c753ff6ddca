import AccessControl
import XDSMetadata

extension AccessScope {
    /// What an organisation may see, by its registration and the region's way of asking for consent.
    init(of organisation: Organisation, consent: Consent) {
        self.init(
            organisation: organisation.identifier, organisationKind: organisation.kind, consent: consent,
            confidentialityCodes: organisation.visibility.confidentialityCodes?.sorted(),
            classCodes: organisation.visibility.classCodes?.sorted())
    }
}
