import PostgresKit
public import Trust

extension OrganisationRegister {
    /// Which certificates of an organisation are meant.
    public enum CertificateSelector: Sendable, Hashable {
        /// Those with this public key, by SHA-256 of the subject public key info.
        case key([UInt8])
        /// The one its issuer calls so: registered by that name, or by its key.
        case name(CertificateName)
    }

    /// Adds certificates to an organisation that is there.
    /// - Parameters:
    ///   - certificates: known by their public key from now on.
    ///   - names: known by issuer and number from now on.
    /// - Throws: ``OrganisationRegisterError`` when the organisation is unknown, or one of them belongs to another.
    public func add(
        certificates: [Certificate], names: [CertificateName], to identifier: String
    ) async throws {
        let record = record
        try await client.withTransaction { transaction in
            let key = try await Self.key(of: identifier, in: transaction)
            for certificate in certificates {
                try await Self.add(certificate, to: key, in: transaction)
            }
            for name in names { try await Self.add(name, to: key, in: transaction) }
            let added = certificates.map(\.subject) + names.map(\.description)
            try await record(
                AdministrationEvent(
                    command: "organisation certificate add", organisation: identifier,
                    changes: added.map { "certificate: \($0)" }),
                transaction)
        }
    }

    /// Takes a certificate from an organisation; its open connections are refused from the next refresh on.
    /// - Parameter permission: whether the last one may go, too.
    /// - Throws: ``OrganisationRegisterError`` when there is no such certificate, or nobody could connect without it.
    public func remove(
        _ selector: CertificateSelector, from identifier: String, permission: RemovalPermission = .keepOne
    ) async throws {
        let record = record
        try await client.withTransaction { transaction in
            let key = try await Self.key(of: identifier, in: transaction)
            guard try await Self.remove(selector, from: key, in: transaction) > 0 else {
                throw OrganisationRegisterError.noSuchCertificate(organisation: identifier)
            }
            let canConnect = try await transaction.query(
                """
                select ura is not null
                    or exists (select from organisation_certificate c where c.organisation_key = o.organisation_key)
                    or exists (select from organisation_certificate_name n where n.organisation_key = o.organisation_key)
                from organisation o where organisation_key = \(key)
                """
            ).decode(Bool.self, row: 0, column: 0)
            guard canConnect || permission == .evenTheLast else {
                throw OrganisationRegisterError.lastCertificate(organisation: identifier)
            }
            try await record(
                AdministrationEvent(
                    command: "organisation certificate remove", organisation: identifier,
                    changes: ["removed: \(selector)"]),
                transaction)
        }
    }

    /// Whether an organisation may be left without any certificate.
    public enum RemovalPermission: Sendable {
        /// It must keep a way to connect: another certificate, or its URA.
        case keepOne
        /// It may lose its last one.
        case evenTheLast
    }

    private static func key(of identifier: String, in transaction: PostgresTransaction) async throws -> Int64 {
        // The lock lets two removals not each think the other's certificate stays.
        let rows = try await transaction.query(
            "select organisation_key from organisation where identifier = \(identifier) for update")
        guard let row = rows.first else { throw OrganisationRegisterError.unknown(identifier) }
        return try row.decode(Int64.self, column: 0)
    }

    static func add(
        _ name: CertificateName, to key: Int64, in transaction: PostgresTransaction
    ) async throws {
        let owner = try await transaction.query(
            """
            insert into organisation_certificate_name (issuer, serial_number, organisation_key)
            values (\(name.issuer), \(name.serialNumber), \(key))
            on conflict (issuer, serial_number) do update set serial_number = excluded.serial_number
            returning organisation_key
            """
        ).decode(Int64.self, row: 0, column: 0)
        guard owner == key else { throw OrganisationRegisterError.certificateNameTaken(name) }
    }

    /// - Returns: how many went.
    private static func remove(
        _ selector: CertificateSelector, from key: Int64, in transaction: PostgresTransaction
    ) async throws -> Int {
        switch selector {
        case .key(let spki):
            return try await transaction.query(
                "delete from organisation_certificate where organisation_key = \(key) and spki_sha256 = \(spki)"
            ).affectedRows
        case .name(let name):
            let byName = try await transaction.query(
                """
                delete from organisation_certificate_name
                where organisation_key = \(key) and issuer = \(name.issuer) and serial_number = \(name.serialNumber)
                """
            ).affectedRows
            let byKey = try await transaction.query(
                """
                delete from organisation_certificate
                where organisation_key = \(key) and issuer = \(name.issuer) and serial_number = \(name.serialNumber)
                """
            ).affectedRows
            return byName + byKey
        }
    }
}

extension OrganisationRegister.CertificateSelector: CustomStringConvertible {
    /// The key or the name, for messages.
    public var description: String {
        switch self {
        case .key(let spki): "public key " + spki.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .name(let name): "certificate \(name)"
        }
    }
}
