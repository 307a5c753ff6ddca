/// The language of a report for a patient.
public enum ReportLanguage: String, Sendable, CaseIterable {
    /// Dutch.
    case nl
    /// English.
    case en

    /// One of two texts.
    func text(_ dutch: String, _ english: String) -> String { self == .nl ? dutch : english }

    /// A number of things.
    func count(_ number: Int, nl: (one: String, many: String), en: (one: String, many: String)) -> String {
        let words = self == .nl ? nl : en
        return "\(number) \(number == 1 ? words.one : words.many)"
    }

    /// What happened, as a citizen would say it; follows the name of the organisation.
    func sentence(_ recorded: RecordedEvent) -> String {
        let event = recorded.event
        let isDone = event.outcome == .success || event.outcome == .minorFailure
        let act =
            event.kind == .unknown
            ? unknown(recorded.kindName, isDone: isDone) : isDone ? done(event) : attempted(event)
        return act.prefix(1).uppercased() + act.dropFirst()
    }

    private func done(_ event: AuditEvent) -> String {
        switch event.kind {
        case .registryStoredQuery, .multiPatientStoredQuery:
            guard let results = event.query?.results, results > 0 else {
                return text("zocht naar uw gegevens en vond niets", "searched for your data and found nothing")
            }
            let found = count(Int(results), nl: ("gegeven", "gegevens"), en: ("item", "items"))
            return text("zocht naar uw gegevens en vond \(found)", "searched for your data and found \(found)")
        case .retrieveDocumentSet:
            let documents = documents(event)
            return text("opende \(documents)", "opened \(documents)")
        case .provideAndRegisterDocumentSet, .registerDocumentSet, .registerOnDemandDocumentEntry:
            return text("stelde gegevens over u beschikbaar", "made data about you available")
        case .updateDocumentSet, .restrictedUpdateDocumentSet:
            return text("wijzigde de beschrijving van gegevens over u", "changed the description of data about you")
        case .removeMetadata:
            return text("haalde gegevens over u uit het overzicht", "took data about you out of the index")
        case .removeDocuments:
            let documents = documents(event)
            return text("verwijderde \(documents)", "removed \(documents)")
        case .patientIdentityFeed, .patientIdentityFeedV3, .notifyXADPIDLinkChange:
            return text("meldde of wijzigde uw patiëntnummer", "registered or changed your patient number")
        case .auditLogUsed:
            return text("bekeek wie uw gegevens heeft ingezien", "looked at who had access to your data")
        case .administration where event.action == .read:
            return text("bekeek wat over u bekend is", "looked at what is known about you")
        default:
            return text("voerde beheer uit", "did administration")
        }
    }

    private func attempted(_ event: AuditEvent) -> String {
        switch event.kind {
        case .registryStoredQuery, .multiPatientStoredQuery:
            text(
                "probeerde naar uw gegevens te zoeken; dat lukte niet", "tried to search for your data, without success"
            )
        case .retrieveDocumentSet:
            text(
                "probeerde \(documents(event)) te openen; dat lukte niet",
                "tried to open \(documents(event)), without success")
        case .provideAndRegisterDocumentSet, .registerDocumentSet, .registerOnDemandDocumentEntry:
            text(
                "probeerde gegevens over u beschikbaar te stellen; dat lukte niet",
                "tried to make data about you available, without success")
        default:
            text(
                "probeerde gegevens over u te wijzigen; dat lukte niet",
                "tried to change data about you, without success")
        }
    }

    /// What happened is not known here; that something did is not kept from the patient.
    private func unknown(_ kind: String, isDone: Bool) -> String {
        isDone
            ? text(
                "deed iets met uw gegevens waarvoor dit overzicht geen woorden heeft (\(kind))",
                "did something with your data that this overview has no words for (\(kind))")
            : text(
                "probeerde iets met uw gegevens te doen waarvoor dit overzicht geen woorden heeft (\(kind)); dat lukte niet",
                "tried to do something with your data that this overview has no words for (\(kind)), without success")
    }

    private func documents(_ event: AuditEvent) -> String {
        count(
            event.objects.count { $0.kind == .document || $0.kind == .removedDocument },
            nl: ("document", "documenten"), en: ("document", "documents"))
    }

    /// `26 november 2026`.
    func date(_ day: ReportTime) -> String {
        let months =
            self == .nl
            ? [
                "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
                "november", "december",
            ]
            : [
                "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December",
            ]
        return "\(day.day) \(months[max(0, min(11, day.month - 1))]) \(day.year)"
    }
}
