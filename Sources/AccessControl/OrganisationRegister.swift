public import Foundation
public import PostgresKit
public import Trust

/// The administration of organisations: what `xds-gateway organisation` calls.
public struct OrganisationRegister: Sendable {
    /// A certificate that stands for an organisation.
    public struct RegisteredCertificate: Sendable, Equatable {
        /// SHA-256 over the subject public key info: survives a renewal that keeps the key.
        public let spkiSHA256: [UInt8]
        /// Whom it names, RFC 4514.
        public let subject: String
        /// Who issued it, RFC 4514.
        public let issuer: String
        /// Hexadecimal.
        public let serialNumber: String
        /// Until when it is valid.
        public let notAfter: Date
    }

    /// An organisation with its certificates.
    public struct Entry: Sendable, Equatable {
        /// The organisation.
        public let organisation: Organisation
        /// Its certificates in the order they were added; several while they are renewed.
        public let certificates: [RegisteredCertificate]
        /// Certificates that are known by issuer and number, in the order they were added.
        public let certificateNames: [CertificateName]

        /// Whether somebody could connect as it without a URA in the certificate.
        public var hasCertificates: Bool { !certificates.isEmpty || !certificateNames.isEmpty }
    }

    /// An organisation to put, with certificates to add.
    struct Addition: Sendable, Equatable {
        var organisation: Organisation
        var certificates: [Certificate] = []
        var names: [CertificateName] = []
    }

    let client: PostgresClient
    let record: AdministrationEvent.Recorder

    /// The register in the database of `client`.
    /// - Parameter record: told about every change, in the transaction of the change.
    public init(client: PostgresClient, record: @escaping AdministrationEvent.Recorder = { _, _ in }) {
        self.client = client
        self.record = record
    }

    /// Adds an organisation, or replaces the data of the one with the same identifier, and adds its certificates.
    ///
    /// The status of one that is there stays: only ``setStatus(_:of:)`` reinstates an organisation that is suspended.
    /// - Returns: the status it has now.
    /// - Throws: ``OrganisationRegisterError`` when a value is malformed, or a certificate or URA belongs to another.
    @discardableResult
    public func put(_ organisation: Organisation, certificates: [Certificate]) async throws -> Organisation.Status {
        let addition = Addition(organisation: organisation, certificates: certificates)
        return try await put([addition], command: "organisation add").first ?? .suspended
    }

    /// Takes a whole file in: all of it, or nothing.
    public func put(_ file: OrganisationImport) async throws {
        try await put(file.additions, command: "organisation import")
    }

    @discardableResult
    private func put(_ additions: [Addition], command: String) async throws -> [Organisation.Status] {
        for addition in additions { try Self.check(addition.organisation) }
        let record = record
        return try await client.withTransaction { transaction in
            // There is no row to lock before the first registration of an organisation: of two at once one waits here, and
            // finds what the other has left.
            _ = try await transaction.query("select pg_advisory_xact_lock(\(Self.lockKey))")
            var statuses: [Organisation.Status] = []
            for addition in additions {
                let old = try await Self.lock(addition.organisation.identifier, in: transaction)
                statuses.append(try await Self.put(addition, in: transaction))
                try await record(addition.event(command, replacing: old), transaction)
            }
            return statuses
        }
    }

    /// The key of the advisory lock: the ASCII codes of "xds-orgs".
    private static let lockKey: Int64 = 0x7864_732d_6f72_6773

    private static func put(
        _ addition: Addition, in transaction: PostgresTransaction
    ) async throws -> Organisation.Status {
        let organisation = addition.organisation
        let stored: PostgresResult
        do {
            stored = try await transaction.query(upsert(organisation))
        } catch {
            throw Self.explained(error, organisation)
        }
        let key = try stored.decode(Int64.self, row: 0, column: 0)
        for certificate in addition.certificates { try await add(certificate, to: key, in: transaction) }
        for name in addition.names { try await add(name, to: key, in: transaction) }
        return Organisation.Status(rawValue: try stored.decode(String.self, row: 0, column: 1)) ?? .suspended
    }

    /// What is registered under an identifier, locked until the end of the transaction, so that the record of a change says what was
    /// there before it.
    private static func lock(
        _ identifier: String, in transaction: PostgresTransaction
    ) async throws -> Organisation? {
        try await transaction.query(
            "select \(unescaped: columns) from organisation where identifier = \(identifier) for update"
        ).first.map(organisation)
    }

    private static func explained(_ error: PostgresError, _ organisation: Organisation) -> any Error {
        guard error.constraint == "organisation_ura_key" else { return error }
        return OrganisationRegisterError.uraTaken(organisation.ura ?? "")
    }

    /// Suspends or reinstates an organisation; open connections are refused from the next refresh on.
    public func setStatus(_ status: Organisation.Status, of identifier: String) async throws {
        let record = record
        try await client.withTransaction { transaction in
            guard let old = try await Self.lock(identifier, in: transaction) else {
                throw OrganisationRegisterError.unknown(identifier)
            }
            _ = try await transaction.query(
                "update organisation set status = \(status.rawValue)::text::organisation_status where identifier = \(identifier)"
            )
            let command = status == .suspended ? "organisation suspend" : "organisation resume"
            try await record(
                AdministrationEvent(
                    command: command, organisation: identifier,
                    changes: ["status: \(old.status.rawValue) -> \(status.rawValue)"]),
                transaction)
        }
    }

    /// The organisation with this identifier or URA.
    public func entry(_ identifierOrURA: String) async throws -> Entry {
        guard
            let entry = try await all().first(where: {
                $0.organisation.identifier == identifierOrURA || $0.organisation.ura == identifierOrURA
            })
        else { throw OrganisationRegisterError.unknown(identifierOrURA) }
        return entry
    }

    /// All organisations in order of their identifier.
    public func all() async throws -> [Entry] {
        let certificates = try await certificatesByOrganisation()
        let names = try await certificateNamesByOrganisation()
        let rows = try await client.query(
            "select \(unescaped: Self.columns) from organisation order by identifier")
        return try rows.map { row in
            let key = try row.decode(Int64.self, column: 0)
            return Entry(
                organisation: try Self.organisation(row), certificates: certificates[key] ?? [],
                certificateNames: names[key] ?? [])
        }
    }

    /// In the order in which ``organisation(_:)`` reads them; the key of the row comes first.
    private static let columns = """
        organisation_key, identifier, name, ura, status::text, transactions, source_ids, any_source_id, contact, \
        reading, update_scope, kind, home_community_id, maximum_requests, maximum_bytes, requests_per_second, \
        confidentiality_codes, class_codes
        """

    private static func organisation(_ row: PostgresRow) throws -> Organisation {
        let sourceIDs: Organisation.SourceIDs =
            try row.decode(Bool.self, column: 7) ? .any : .only(Set(row.decode([String].self, column: 6)))
        return try Organisation(
            identifier: row.decode(String.self, column: 1),
            name: row.decode(String.self, column: 2),
            ura: row.decode(String?.self, column: 3),
            status: Organisation.Status(rawValue: row.decode(String.self, column: 4)) ?? .suspended,
            transactions: Set(row.decode([String].self, column: 5)),
            sourceIDs: sourceIDs,
            reading: Organisation.Reading(rawValue: row.decode(String.self, column: 9)) ?? .lenient,
            updateScope: Organisation.UpdateScope(rawValue: row.decode(String.self, column: 10)) ?? .own,
            contact: row.decode(String?.self, column: 8),
            kind: row.decode(String?.self, column: 11),
            homeCommunityID: row.decode(String?.self, column: 12),
            limits: Organisation.Limits(
                requests: row.decode(Int64?.self, column: 13).map { Int($0) },
                bytes: row.decode(Int64?.self, column: 14).map { Int($0) },
                requestsPerSecond: row.decode(Int64?.self, column: 15).map { Int($0) }),
            visibility: Organisation.Visibility(
                confidentialityCodes: row.decode([String]?.self, column: 16).map { Set($0) },
                classCodes: row.decode([String]?.self, column: 17).map { Set($0) }))
    }

    private func certificateNamesByOrganisation() async throws -> [Int64: [CertificateName]] {
        let rows = try await client.query(
            """
            select organisation_key, issuer, serial_number from organisation_certificate_name
            order by organisation_key, added_at, issuer, serial_number
            """)
        var names: [Int64: [CertificateName]] = [:]
        for row in rows {
            let name = try CertificateName(
                storedIssuer: row.decode(String.self, column: 1), serialNumber: row.decode(String.self, column: 2))
            names[try row.decode(Int64.self, column: 0), default: []].append(name)
        }
        return names
    }

    private func certificatesByOrganisation() async throws -> [Int64: [RegisteredCertificate]] {
        let rows = try await client.query(
            """
            select organisation_key, spki_sha256, subject, issuer, serial_number, not_after
            from organisation_certificate order by organisation_key, added_at
            """)
        var certificates: [Int64: [RegisteredCertificate]] = [:]
        for row in rows {
            let certificate = try RegisteredCertificate(
                spkiSHA256: row.decode([UInt8].self, column: 1),
                subject: row.decode(String.self, column: 2),
                issuer: row.decode(String.self, column: 3),
                serialNumber: row.decode(String.self, column: 4),
                notAfter: row.decode(Date.self, column: 5))
            certificates[try row.decode(Int64.self, column: 0), default: []].append(certificate)
        }
        return certificates
    }

    private static func upsert(_ organisation: Organisation) -> PostgresQuery {
        let anySourceID = organisation.sourceIDs == .any
        var sourceIDs: [String] = []
        if case .only(let allowed) = organisation.sourceIDs { sourceIDs = allowed.sorted() }
        return """
            insert into organisation (identifier, name, ura, status, transactions, source_ids, any_source_id, contact,
                reading, update_scope, kind, home_community_id, maximum_requests, maximum_bytes, requests_per_second,
                confidentiality_codes, class_codes)
            values (\(organisation.identifier), \(organisation.name), \(organisation.ura),
                    \(organisation.status.rawValue)::text::organisation_status, \(organisation.transactions.sorted()),
                    \(sourceIDs), \(anySourceID), \(organisation.contact),
                    \(organisation.reading.rawValue), \(organisation.updateScope.rawValue), \(organisation.kind),
                    \(organisation.homeCommunityID), \(organisation.limits.requests), \(organisation.limits.bytes),
                    \(organisation.limits.requestsPerSecond), \(organisation.visibility.confidentialityCodes?.sorted()),
                    \(organisation.visibility.classCodes?.sorted()))
            on conflict (identifier) do update set
                name = excluded.name, ura = excluded.ura, transactions = excluded.transactions,
                source_ids = excluded.source_ids, any_source_id = excluded.any_source_id, contact = excluded.contact,
                reading = excluded.reading, update_scope = excluded.update_scope, kind = excluded.kind,
                home_community_id = excluded.home_community_id, maximum_requests = excluded.maximum_requests,
                maximum_bytes = excluded.maximum_bytes, requests_per_second = excluded.requests_per_second,
                confidentiality_codes = excluded.confidentiality_codes, class_codes = excluded.class_codes
            returning organisation_key, status::text
            """
    }

    static func add(
        _ certificate: Certificate, to key: Int64, in transaction: PostgresTransaction
    ) async throws {
        let owner = try await transaction.query(
            """
            insert into organisation_certificate (spki_sha256, organisation_key, subject, issuer, serial_number, not_after)
            values (\(certificate.spkiSHA256), \(key), \(certificate.subject), \(certificate.issuer),
                    \(certificate.serialNumber), \(certificate.notAfter))
            on conflict (spki_sha256) do update set
                subject = excluded.subject, issuer = excluded.issuer,
                serial_number = excluded.serial_number, not_after = excluded.not_after
            returning organisation_key
            """
        ).decode(Int64.self, row: 0, column: 0)
        guard owner == key else { throw OrganisationRegisterError.certificateTaken(subject: certificate.subject) }
    }
}

extension OrganisationRegister.Addition {
    /// What is recorded about it.
    /// - Parameter old: what was registered before; nil for an organisation that is new.
    fileprivate func event(_ command: String, replacing old: Organisation?) -> AdministrationEvent {
        var changes = organisation.changes(from: old)
        if old == nil { changes.append("status: - -> \(organisation.status.rawValue)") }
        changes += certificates.map { "certificate: \($0.subject)" } + names.map { "certificate: \($0)" }
        if changes.isEmpty { changes = ["nothing"] }
        return AdministrationEvent(command: command, organisation: organisation.identifier, changes: changes)
    }
}
