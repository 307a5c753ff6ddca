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
    }

    private let client: PostgresClient

    /// The register in the database of `client`.
    public init(client: PostgresClient) {
        self.client = client
    }

    /// Adds an organisation, or replaces the data of the one with the same identifier, and adds its certificates.
    ///
    /// The status of one that is there stays: only ``setStatus(_:of:)`` reinstates an organisation that is suspended.
    /// - Returns: the status it has now.
    /// - Throws: ``OrganisationRegisterError`` when a value is malformed, or a certificate or URA belongs to another.
    @discardableResult
    public func put(_ organisation: Organisation, certificates: [Certificate]) async throws -> Organisation.Status {
        try Self.check(organisation)
        do {
            return try await client.withTransaction { transaction -> Organisation.Status in
                let stored = try await transaction.query(Self.upsert(organisation))
                let key = try stored.decode(Int64.self, row: 0, column: 0)
                for certificate in certificates {
                    try await Self.add(certificate, to: key, of: organisation.identifier, in: transaction)
                }
                return Organisation.Status(rawValue: try stored.decode(String.self, row: 0, column: 1)) ?? .suspended
            }
        } catch let error as PostgresError where error.constraint == "organisation_ura_key" {
            throw OrganisationRegisterError.uraTaken(organisation.ura ?? "")
        }
    }

    /// Suspends or reinstates an organisation; open connections are refused from the next refresh on.
    public func setStatus(_ status: Organisation.Status, of identifier: String) async throws {
        let result = try await client.query(
            "update organisation set status = \(status.rawValue)::text::organisation_status where identifier = \(identifier)"
        )
        guard result.affectedRows == 1 else { throw OrganisationRegisterError.unknown(identifier) }
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
        let rows = try await client.query(
            """
            select organisation_key, identifier, name, ura, status::text, transactions, source_ids, any_source_id, contact,
                reading, update_scope
            from organisation order by identifier
            """)
        return try rows.map { row in
            let key = try row.decode(Int64.self, column: 0)
            let sourceIDs: Organisation.SourceIDs =
                try row.decode(Bool.self, column: 7) ? .any : .only(Set(row.decode([String].self, column: 6)))
            let organisation = try Organisation(
                identifier: row.decode(String.self, column: 1),
                name: row.decode(String.self, column: 2),
                ura: row.decode(String?.self, column: 3),
                status: Organisation.Status(rawValue: row.decode(String.self, column: 4)) ?? .suspended,
                transactions: Set(row.decode([String].self, column: 5)),
                sourceIDs: sourceIDs,
                reading: Organisation.Reading(rawValue: row.decode(String.self, column: 9)) ?? .lenient,
                updateScope: Organisation.UpdateScope(rawValue: row.decode(String.self, column: 10)) ?? .own,
                contact: row.decode(String?.self, column: 8))
            return Entry(organisation: organisation, certificates: certificates[key] ?? [])
        }
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
                reading, update_scope)
            values (\(organisation.identifier), \(organisation.name), \(organisation.ura),
                    \(organisation.status.rawValue)::text::organisation_status, \(organisation.transactions.sorted()),
                    \(sourceIDs), \(anySourceID), \(organisation.contact),
                    \(organisation.reading.rawValue), \(organisation.updateScope.rawValue))
            on conflict (identifier) do update set
                name = excluded.name, ura = excluded.ura, transactions = excluded.transactions,
                source_ids = excluded.source_ids, any_source_id = excluded.any_source_id, contact = excluded.contact,
                reading = excluded.reading, update_scope = excluded.update_scope
            returning organisation_key, status::text
            """
    }

    private static func add(
        _ certificate: Certificate, to key: Int64, of identifier: String, in transaction: PostgresTransaction
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

    private static func check(_ organisation: Organisation) throws {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        guard (1...40).contains(organisation.identifier.count), organisation.identifier.allSatisfy(allowed.contains)
        else {
            throw OrganisationRegisterError.malformed(
                "identifier", "use lower-case letters, digits and hyphens, at most 40 of them")
        }
        guard organisation.name.contains(where: { !$0.isWhitespace }) else {
            throw OrganisationRegisterError.malformed("name", "give the name of the organisation")
        }
        if let ura = organisation.ura, ura.utf8.count != 8 || !ura.utf8.allSatisfy({ (48...57).contains($0) }) {
            throw OrganisationRegisterError.malformed("ura", "give 8 digits, leading zeros included")
        }
    }
}
