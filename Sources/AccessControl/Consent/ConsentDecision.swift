public import Foundation

/// What a patient decided about the exchange of documents, for all organisations or for one kind of them.
///
/// - Source: Wabvpz, article 15a: documents are made available with the explicit consent of the client.
public struct ConsentDecision: Sendable, Equatable {
    /// What was decided.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Documents may be shown.
        case given
        /// Documents may not be shown.
        case withdrawn
        /// No decision; the region's default holds again.
        case none
    }

    /// Whom a decision is about.
    public enum Audience: Sendable, Hashable {
        /// Every organisation for whose kind there is no decision of its own.
        case everyone
        /// Organisations of this kind: a care provider type code, as `V4`.
        case kind(String)

        /// As it is stored and typed: `*`, or the code.
        public var text: String {
            switch self {
            case .everyone: "*"
            case .kind(let code): code
            }
        }

        /// Of its text.
        public init(text: String) {
            self = text == "*" ? .everyone : .kind(text)
        }
    }

    /// CX of the patient.
    public let patientID: String
    /// Whom it is about.
    public let audience: Audience
    /// What was decided.
    public let outcome: Outcome
    /// The day the patient decided.
    public let decidedOn: Date
    /// Where the patient said so: a desk, a form, a portal.
    public let source: String

    /// A decision.
    public init(patientID: String, audience: Audience, outcome: Outcome, decidedOn: Date, source: String) {
        self.patientID = patientID
        self.audience = audience
        self.outcome = outcome
        self.decidedOn = decidedOn
        self.source = source
    }
}

/// A decision with who recorded it and when.
public struct RecordedConsent: Sendable, Equatable {
    /// The decision.
    public let decision: ConsentDecision
    /// The account or system that recorded it.
    public let recordedBy: String
    /// When it was recorded.
    public let recordedAt: Date
}

/// Why a decision was not recorded.
public enum ConsentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The registry does not know the patient.
    case unknownPatient
    /// The patient id is merged into another one.
    case subsumedPatient(survivor: String)
    /// A value is malformed: the field and what is asked.
    case malformed(String, String)

    /// The words for an administrator, with what to do.
    public var description: String {
        switch self {
        case .unknownPatient: "the patient id is not known; see: xds-gateway patient list"
        case .subsumedPatient(let survivor): "the patient id is merged into \(survivor); record the decision there"
        case .malformed(let field, let advice): "\(field) is malformed: \(advice)"
        }
    }
}
