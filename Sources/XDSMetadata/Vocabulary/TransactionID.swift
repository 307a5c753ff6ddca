/// The transactions this product speaks: number, and actions of request and answer.
///
/// - Source: ITI TF-2, the WSDL section of each transaction; the supplements RMD (62, 86), Metadata Update (57) and RMU
///   (92).
public enum TransactionID: String, Hashable, Sendable, CaseIterable {
    /// Provide and Register Document Set-b.
    case provideAndRegisterDocumentSet = "ITI-41"
    /// Register Document Set-b.
    case registerDocumentSet = "ITI-42"
    /// Registry Stored Query.
    case registryStoredQuery = "ITI-18"
    /// Retrieve Document Set.
    case retrieveDocumentSet = "ITI-43"
    /// Multi-Patient Stored Query.
    case multiPatientStoredQuery = "ITI-51"
    /// Update Document Set.
    case updateDocumentSet = "ITI-57"
    /// Register On-Demand Document Entry.
    case registerOnDemandDocumentEntry = "ITI-61"
    /// Remove Metadata.
    case removeMetadata = "ITI-62"
    /// Remove Documents.
    case removeDocuments = "ITI-86"
    /// Restricted Update Document Set.
    case restrictedUpdateDocumentSet = "ITI-92"
    /// Patient Identity Feed, HL7 version 2.
    case patientIdentityFeed = "ITI-8"
    /// Patient Identity Feed HL7 V3.
    case patientIdentityFeedV3 = "ITI-44"
    /// Notify XAD-PID Link Change.
    case notifyXADPIDLinkChange = "ITI-64"

    /// `wsa:Action` of the request. ITI-44 has one for each interaction: this is what they begin with. Empty for HL7
    /// version 2, which is no SOAP.
    public var requestAction: String {
        switch self {
        case .provideAndRegisterDocumentSet: "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
        case .registerDocumentSet: "urn:ihe:iti:2007:RegisterDocumentSet-b"
        case .registryStoredQuery: "urn:ihe:iti:2007:RegistryStoredQuery"
        case .retrieveDocumentSet: "urn:ihe:iti:2007:RetrieveDocumentSet"
        case .multiPatientStoredQuery: "urn:ihe:iti:2009:MultiPatientStoredQuery"
        case .updateDocumentSet: "urn:ihe:iti:2010:UpdateDocumentSet"
        case .registerOnDemandDocumentEntry: "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry"
        case .removeMetadata: "urn:ihe:iti:2010:DeleteDocumentSet"
        case .removeDocuments: "urn:ihe:iti:2017:RemoveDocuments"
        case .restrictedUpdateDocumentSet: "urn:ihe:iti:2018:RestrictedUpdateDocumentSet"
        case .patientIdentityFeedV3: "urn:hl7-org:v3:PRPA_IN20130"
        case .patientIdentityFeed, .notifyXADPIDLinkChange: ""
        }
    }

    /// `wsa:Action` of the answer. ITI-61 drops the word Entry, as its WSDL does.
    public var responseAction: String {
        switch self {
        case .registerOnDemandDocumentEntry: "urn:ihe:iti:2010:RegisterOnDemandDocumentResponse"
        case .patientIdentityFeedV3: "urn:hl7-org:v3:MCCI_IN000002UV01"
        case .patientIdentityFeed, .notifyXADPIDLinkChange: ""
        default: requestAction + "Response"
        }
    }

    /// Whether an organisation has it unless its registration says otherwise: to submit, to find, to retrieve. Feeding
    /// patients, asking over many of them, changing and removing are granted one by one.
    public var isOrdinary: Bool {
        switch self {
        case .provideAndRegisterDocumentSet, .registerDocumentSet, .registryStoredQuery, .retrieveDocumentSet,
            .registerOnDemandDocumentEntry:
            true
        case .multiPatientStoredQuery, .updateDocumentSet, .removeMetadata, .removeDocuments,
            .restrictedUpdateDocumentSet, .patientIdentityFeed, .patientIdentityFeedV3, .notifyXADPIDLinkChange:
            false
        }
    }
}
