import AccessControl
import PostgresKit
import SOAPKit
import XDSRegistry
import XDSRepository

/// The figures of the daemon's parts, read at each scrape of `/metrics`.
struct DaemonFigures: Sendable {
    let client: PostgresClient
    let sweep: OrphanSweep
    let directory: OrganisationDirectory
    let inWork: RequestsInWork
    let turns: OrganisationTurns
    let envelopes: SOAPEnvelopeBudget
    let journal: HandshakeJournal
    let knownAnswers: KnownAnswers?
    let registrationGroups: RegistrationGroups

    func samples() -> [MetricsRegistry.Sample] {
        pool() + store() + answers() + registrations() + ProcessFigures.read().samples + [
            .init("xds_requests_in_work", .gauge, "Requests being answered now.", [], Double(inWork.current)),
            .init(
                "xds_requests_waiting_for_turn", .gauge, "Requests that wait for a turn of their organisation.", [],
                Double(turns.waiting)),
            .init(
                "xds_envelope_bytes_in_work", .gauge, "Bytes of SOAP envelopes held by requests in work.", [],
                Double(envelopes.used)),
            .init(
                "xds_handshakes_unnoted_total", .counter, "Handshakes the administrator's list has no room for.", [],
                Double(journal.omitted)),
            .init(
                "xds_log_lines_lost_total", .counter, "Log lines that nobody took in time.", [],
                Double(LogOutput.standardError.lost)),
            .init("xds_organisations", .gauge, "Organisations registered.", [], Double(directory.count)),
        ]
    }

    private func pool() -> [MetricsRegistry.Sample] {
        let statistics = client.statistics
        let connections = "Connections to the database."
        return [
            .init("xds_database_connections", .gauge, connections, [("state", "ready")], Double(statistics.ready)),
            .init("xds_database_connections", .gauge, connections, [("state", "leased")], Double(statistics.leased)),
            .init(
                "xds_database_waiting", .gauge, "Transactions that wait for a connection.", [],
                Double(statistics.waiting)),
            .init(
                "xds_database_statements_in_flight", .gauge, "Statements sent and not yet answered.", [],
                Double(statistics.inFlight)),
            .init(
                "xds_database_reconnects_total", .counter, "Connections that were lost and made again.", [],
                Double(statistics.lost)),
        ]
    }

    private func answers() -> [MetricsRegistry.Sample] {
        guard let figures = knownAnswers?.figures else { return [] }
        let lookups = "Answers of queries found in memory, kept there, or found and not right any more."
        return [
            .init("xds_known_answers_total", .counter, lookups, [("outcome", "found")], Double(figures.found)),
            .init("xds_known_answers_total", .counter, lookups, [("outcome", "kept")], Double(figures.kept)),
            .init("xds_known_answers_total", .counter, lookups, [("outcome", "outdated")], Double(figures.outdated)),
            .init("xds_known_answers", .gauge, "Answers in memory.", [], Double(figures.answers)),
            .init("xds_known_answer_bytes", .gauge, "Bytes they take.", [], Double(figures.bytes)),
        ]
    }

    private func registrations() -> [MetricsRegistry.Sample] {
        let figures = registrationGroups.figures
        let members =
            "Registrations that could share a transaction: decided by their group, to be tried alone, or failed with it."
        return [
            .init(
                "xds_registration_groups_total", .counter, "Transactions that registrations could share.", [],
                Double(figures.groups)),
            .init(
                "xds_registrations_in_groups_total", .counter, members, [("outcome", "decided")],
                Double(figures.decided)),
            .init(
                "xds_registrations_in_groups_total", .counter, members, [("outcome", "alone")], Double(figures.alone)),
            .init(
                "xds_registrations_in_groups_total", .counter, members, [("outcome", "failed")],
                Double(figures.failed)),
        ]
    }

    private func store() -> [MetricsRegistry.Sample] {
        let figures = sweep.figures
        return [
            .init("xds_store_swept_files_total", .counter, "Orphaned files removed.", [], Double(figures.removed)),
            .init(
                "xds_store_sweeps_total", .counter, "Sweeps of the document store finished.", [], Double(figures.sweeps)
            ),
            .init(
                "xds_store_free_bytes", .gauge, "Space left on the file system of the document store.", [],
                Double(sweep.store.freeBytes)),
        ]
    }
}
