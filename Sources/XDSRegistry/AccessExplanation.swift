public import PostgresKit
public import XDSMetadata

/// Why an organisation sees the documents of a patient, or does not: one line for each DocumentEntry.
///
/// Whether an entry is shown is asked with the very condition of the queries (``VisibleEntries``); the reason is worked
/// out beside it, and the two are compared, so that the explanation cannot tell another story than the query path.
public struct AccessExplanation: Sendable {
    /// Why an entry is shown or hidden: the first reason that decides.
    public enum Reason: Sendable, Hashable {
        /// The organisation submitted it.
        case ownSubmission
        /// One of its confidentialityCodes is not among those the organisation may see.
        case confidentialityCode(String)
        /// Its classCode is not among those the organisation may see.
        case classCode(String)
        /// The patient agreed, for all or for this kind of organisation.
        case consentGiven(audience: String)
        /// The patient objected, for all or for this kind of organisation.
        case consentWithdrawn(audience: String)
        /// The patient decided nothing; the region's default.
        case noDecision(AccessScope.Consent)

        /// Whether it shows the entry.
        public var shows: Bool {
            switch self {
            case .ownSubmission, .consentGiven: true
            case .confidentialityCode, .classCode, .consentWithdrawn: false
            case .noDecision(let consent): consent != .optIn
            }
        }
    }

    /// One entry.
    public struct Line: Sendable {
        /// uniqueId.
        public let uniqueId: String
        /// availabilityStatus, as `Approved`.
        public let status: String
        /// creationTime as its earliest instant, 14 digits; nil for an on-demand entry.
        public let creationTime: String?
        /// classCode as `code^^codingScheme`.
        public let classCode: String
        /// The organisation that submitted it.
        public let submittedBy: String?
        /// Why it is shown or hidden.
        public let reason: Reason
    }

    /// The query path and the reasons disagree: a defect.
    public struct Disagreement: Error, CustomStringConvertible {
        /// uniqueId of the entry.
        public let uniqueId: String

        /// Words for a developer.
        public var description: String { "the reason found for document \(uniqueId) is not what queries decide" }
    }

    private let client: PostgresClient

    /// Explanations from the database of `client`.
    public init(client: PostgresClient) {
        self.client = client
    }

    /// Explains every entry of a patient, latest versions only, in the order of registration.
    /// - Throws: ``Disagreement``.
    public func lines(for scope: AccessScope, patient: PatientID) async throws -> [Line] {
        try await client.query(Self.statement(scope, patient)).map { row in
            let line = try Self.line(row, scope)
            guard try row.decode(Bool.self, column: 8) == line.reason.shows else {
                throw Disagreement(uniqueId: line.uniqueId)
            }
            return line
        }
    }

    private static func statement(_ scope: AccessScope, _ patient: PatientID) -> PostgresQuery {
        var text = PostgresQuery.StringInterpolation(literalCapacity: 1_024, interpolationCount: 8)
        text.appendLiteral(
            """
            select e.unique_id, e.status::text, e.creation_time, e.class_code, e.confidentiality_codes, e.submitted_by,
                c.decision, c.organisation_kind, 
            """)
        VisibleEntries(scope).append(to: &text, entry: "e", patients: .one(patient))
        text.appendLiteral(
            """
             from document_entry e join patient p using (patient_key)
            left join lateral (select decision, organisation_kind from patient_consent where patient_key = p.patient_key
                and organisation_kind in ('*', coalesce(
            """)
        text.appendInterpolation(scope.organisationKind)
        text.appendLiteral("::text, '*')) order by organisation_kind = '*' limit 1) c on true where p.patient_id = ")
        text.appendInterpolation(patient.cx)
        text.appendLiteral(" and p.status = 'active' and e.latest order by e.registered_at, e.entry_uuid")
        return PostgresQuery(stringInterpolation: text)
    }

    private static func line(_ row: PostgresRow, _ scope: AccessScope) throws -> Line {
        let classCode = try row.decode(String.self, column: 3)
        let submittedBy = try row.decode(String?.self, column: 5)
        let reason = reason(
            scope, classCode: classCode, confidentialityCodes: try row.decode([String].self, column: 4),
            submittedBy: submittedBy, decision: try row.decode(String?.self, column: 6),
            audience: try row.decode(String?.self, column: 7))
        return Line(
            uniqueId: try row.decode(String.self, column: 0), status: try row.decode(String.self, column: 1),
            creationTime: try row.decode(String?.self, column: 2), classCode: classCode, submittedBy: submittedBy,
            reason: reason)
    }

    private static func reason(
        _ scope: AccessScope, classCode: String, confidentialityCodes: [String], submittedBy: String?,
        decision: String?, audience: String?
    ) -> Reason {
        if submittedBy == scope.organisation { return .ownSubmission }
        if let allowed = scope.confidentialityCodes,
            let refused = confidentialityCodes.first(where: { !allowed.contains($0) })
        {
            return .confidentialityCode(refused)
        }
        if let allowed = scope.classCodes, !allowed.contains(classCode) { return .classCode(classCode) }
        guard scope.consent != .off, let decision, let audience else { return .noDecision(scope.consent) }
        return decision == "given" ? .consentGiven(audience: audience) : .consentWithdrawn(audience: audience)
    }
}
