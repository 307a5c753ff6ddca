public import PostgresKit
public import XDSMetadata

/// The condition on rows of `document_entry` that decides whether a caller sees an entry.
///
/// It is part of the statement of every query and retrieval (ADR 0011). The caller's own submissions are visible always;
/// of others those for which the patient's consent, the confidentialityCodes and the classCode allow it.
public struct VisibleEntries: Sendable {
    /// Whose consent is asked.
    public enum Patients: Sendable {
        /// The one patient the statement is about: looked up once for all rows.
        case one(PatientID)
        /// The patient of each row.
        case ofRow
    }

    private let scope: AccessScope

    /// The condition for a scope.
    public init(_ scope: AccessScope) {
        self.scope = scope
    }

    /// Whether the condition is always true, and so left out.
    public var isEverything: Bool { scope.isUnlimited }

    /// Whether patients' consent is part of it.
    var asksConsent: Bool { scope.consent != .off }

    /// Appends the condition in parentheses; `true` for a scope that hides nothing.
    /// - Parameter entry: name or alias of the table in the statement.
    public func append(
        to text: inout PostgresQuery.StringInterpolation, entry: String = "document_entry", patients: Patients
    ) {
        guard !isEverything else { return text.appendLiteral("true") }
        text.appendLiteral("(\(entry).submitted_by is not distinct from ")
        text.appendInterpolation(scope.organisation)
        text.appendLiteral(" or (true")
        if scope.consent != .off {
            text.appendLiteral(" and ")
            appendConsent(to: &text, patientKey: "\(entry).patient_key", patients: patients)
        }
        if let codes = scope.confidentialityCodes {
            text.appendLiteral(" and \(entry).confidentiality_codes <@ ")
            text.appendInterpolation(codes)
        }
        if let codes = scope.classCodes {
            text.appendLiteral(" and \(entry).class_code = any(")
            text.appendInterpolation(codes)
            text.appendLiteral(")")
        }
        text.appendLiteral("))")
    }

    /// Appends the condition on a SubmissionSet or Folder, which follows the patient's consent alone.
    /// - Parameters:
    ///   - patientKey: expression of the object's patient.
    ///   - submitter: expression of the organisation that submitted it.
    public func appendPackage(
        to text: inout PostgresQuery.StringInterpolation, patientKey: String, submitter: String, patients: Patients
    ) {
        guard asksConsent else { return text.appendLiteral("true") }
        text.appendLiteral("(\(submitter) is not distinct from ")
        text.appendInterpolation(scope.organisation)
        text.appendLiteral(" or ")
        appendConsent(to: &text, patientKey: patientKey, patients: patients)
        text.appendLiteral(")")
    }

    /// What the patient decided for this kind of organisation, or else for all; without a decision the default.
    private func appendConsent(
        to text: inout PostgresQuery.StringInterpolation, patientKey: String, patients: Patients
    ) {
        text.appendLiteral("coalesce((select c.decision = 'given' from patient_consent c where c.patient_key = ")
        switch patients {
        case .one(let patient):
            text.appendLiteral("(select p.patient_key from patient p where p.patient_id = ")
            text.appendInterpolation(patient.cx)
            text.appendLiteral(" and p.status = 'active')")
        case .ofRow:
            text.appendLiteral(patientKey)
        }
        if let kind = scope.organisationKind {
            text.appendLiteral(" and c.organisation_kind in ('*', ")
            text.appendInterpolation(kind)
            text.appendLiteral(")")
        } else {
            text.appendLiteral(" and c.organisation_kind = '*'")
        }
        text.appendLiteral(
            " order by c.organisation_kind = '*' limit 1), \(scope.consent == .optOut ? "true" : "false"))")
    }
}
