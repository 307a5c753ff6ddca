/// What kind of event it is: a transaction of the Framework by its number, or another event a secure node records.
///
/// - Source: ITI TF-2: 3.20, the "Security Audit Considerations" of each transaction; NEN 7513 for administration.
public enum AuditEventKind: String, Sendable, Hashable, CaseIterable {
    /// Patient Identity Feed.
    case patientIdentityFeed = "ITI-8"
    /// Registry Stored Query.
    case registryStoredQuery = "ITI-18"
    /// Provide and Register Document Set-b.
    case provideAndRegisterDocumentSet = "ITI-41"
    /// Register Document Set-b.
    case registerDocumentSet = "ITI-42"
    /// Retrieve Document Set.
    case retrieveDocumentSet = "ITI-43"
    /// Patient Identity Feed HL7 V3.
    case patientIdentityFeedV3 = "ITI-44"
    /// Multi-Patient Stored Query.
    case multiPatientStoredQuery = "ITI-51"
    /// Update Document Set.
    case updateDocumentSet = "ITI-57"
    /// Register On-Demand Document Entry.
    case registerOnDemandDocumentEntry = "ITI-61"
    /// Remove Metadata.
    case removeMetadata = "ITI-62"
    /// Notify XAD-PID Link Change.
    case notifyXADPIDLinkChange = "ITI-64"
    /// Remove Documents.
    case removeDocuments = "ITI-86"
    /// Restricted Update Document Set.
    case restrictedUpdateDocumentSet = "ITI-92"
    /// The daemon started.
    case applicationStart = "application-start"
    /// The daemon stopped in good order.
    case applicationStop = "application-stop"
    /// Somebody read the audit trail.
    case auditLogUsed = "audit-log-used"
    /// Events past their retention were removed.
    case auditLogPruned = "audit-log-pruned"
    /// A handshake failed, or a peer with a valid certificate belongs to no organisation that may come in.
    case nodeAuthentication = "node-authentication"
    /// A request that never got as far as a known transaction.
    case requestRefused = "request-refused"
    /// An administrator changed organisations, rights or patients by a command, or looked at a patient by one.
    case administration = "administration"
    /// A kind that this version does not know, of a newer version on the same database or put there by somebody: only ever
    /// read, see ``RecordedEvent/kindName``.
    case unknown = "unknown"

    /// The name in EventTypeCode, and the name of a query's ParticipantObjectIDTypeCode.
    public var name: String {
        switch self {
        case .patientIdentityFeed: "Patient Identity Feed"
        case .registryStoredQuery: "Registry Stored Query"
        case .provideAndRegisterDocumentSet: "Provide and Register Document Set-b"
        case .registerDocumentSet: "Register Document Set-b"
        case .retrieveDocumentSet: "Retrieve Document Set"
        case .patientIdentityFeedV3: "Patient Identity Feed"
        case .multiPatientStoredQuery: "Multi-Patient Stored Query"
        case .updateDocumentSet: "Update Document Set"
        case .registerOnDemandDocumentEntry: "Register On-Demand Document Entry"
        case .removeMetadata: "Remove Metadata"
        case .notifyXADPIDLinkChange: "Notify XAD-PID Link Change"
        case .removeDocuments: "Remove Documents"
        case .restrictedUpdateDocumentSet: "Restricted Update Document Set"
        case .applicationStart: "Application Start"
        case .applicationStop: "Application Stop"
        case .auditLogUsed: "Audit Log Used"
        case .auditLogPruned: "Audit Log Pruned"
        case .nodeAuthentication: "Node Authentication"
        case .requestRefused: "Request Refused"
        case .administration: "Administration"
        case .unknown: "Unknown"
        }
    }

    /// EventID on the side that answers.
    var eventID: CodedElement {
        switch self {
        case .provideAndRegisterDocumentSet, .registerDocumentSet, .registerOnDemandDocumentEntry, .updateDocumentSet,
            .restrictedUpdateDocumentSet:
            .dicom("110107", "Import")
        case .retrieveDocumentSet: .dicom("110106", "Export")
        case .registryStoredQuery, .multiPatientStoredQuery: .dicom("110112", "Query")
        case .removeMetadata, .removeDocuments, .patientIdentityFeed, .patientIdentityFeedV3, .notifyXADPIDLinkChange:
            .dicom("110110", "Patient Record")
        case .applicationStart, .applicationStop: .dicom("110100", "Application Activity")
        case .auditLogUsed, .auditLogPruned: .dicom("110101", "Audit Log Used")
        // What nobody here can judge is looked at by whoever looks at alerts.
        case .nodeAuthentication, .requestRefused, .administration, .unknown: .dicom("110113", "Security Alert")
        }
    }

    /// EventTypeCode.
    var typeCode: CodedElement {
        switch self {
        case .applicationStart: .dicom("110120", name)
        case .applicationStop: .dicom("110121", name)
        case .nodeAuthentication: .dicom("110126", name)
        case .auditLogUsed, .auditLogPruned, .requestRefused, .administration, .unknown: .own(rawValue, name)
        default: .transaction(rawValue, name)
        }
    }

    /// EventActionCode on the side that answers; the feeds of patients may say otherwise for each message.
    public var action: AuditEvent.Action {
        switch self {
        case .provideAndRegisterDocumentSet, .registerDocumentSet, .registerOnDemandDocumentEntry, .patientIdentityFeed,
            .patientIdentityFeedV3:
            .create
        case .retrieveDocumentSet, .auditLogUsed: .read
        case .updateDocumentSet, .restrictedUpdateDocumentSet, .notifyXADPIDLinkChange, .administration: .update
        case .removeMetadata, .removeDocuments, .auditLogPruned: .delete
        case .registryStoredQuery, .multiPatientStoredQuery, .applicationStart, .applicationStop, .nodeAuthentication,
            .requestRefused, .unknown:
            .execute
        }
    }

    /// The kinds that this version writes.
    public static var known: [AuditEventKind] { allCases.filter { $0 != .unknown } }

    /// Whether it is a transaction of the Framework.
    public var isTransaction: Bool { rawValue.hasPrefix("ITI-") }
}
