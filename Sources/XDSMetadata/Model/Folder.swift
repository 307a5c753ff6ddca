/// Folder: a collection of DocumentEntries of one patient.
///
/// - Source: ITI TF-3: 4.2.3.4, Table 4.2.3.4-1.
public struct Folder: Hashable, Sendable {
    /// entryUUID.
    public let entryUUID: EntryUUID
    /// logicalID; the same in all versions.
    public let logicalID: EntryUUID?
    /// version, from 1.
    public let version: Int?
    /// homeCommunityId.
    public let homeCommunityId: HomeCommunityID?
    /// patientId.
    public let patientId: PatientID
    /// uniqueId.
    public let uniqueId: OID
    /// codeList; one or more.
    public let codes: [CodedValue]
    /// lastUpdateTime: set by the registry.
    public let lastUpdateTime: DTM?
    /// title.
    public let title: String
}
