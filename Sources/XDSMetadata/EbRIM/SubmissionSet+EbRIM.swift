extension SubmissionSet {
    /// Reads a SubmissionSet; nil if a required attribute is missing or malformed, with an error for each.
    ///
    /// - Source: ITI TF-3: 4.2.3.3.
    public static func decode(_ wire: RegistryPackage) -> (set: SubmissionSet?, errors: [RegistryError]) {
        typealias Scheme = EbRIMVocabulary.Scheme
        var reader = AttributeReader(wire.object, kind: .submissionSet)
        let patientId = reader.identifier("patientId", scheme: Scheme.submissionSetPatientId, PatientID.init(parsing:))
        let uniqueId = reader.identifier("uniqueId", scheme: Scheme.submissionSetUniqueId, OID.init(parsing:))
        let sourceId = reader.identifier("sourceId", scheme: Scheme.submissionSetSourceId, OID.init(parsing:))
        let time = reader.slot(SlotName.submissionTime, .required, DTM.init(parsing:))
        let code = reader.code("contentTypeCode", scheme: Scheme.contentTypeCode, .required)
        let authors = reader.authors(scheme: Scheme.submissionSetAuthor)
        let recipients = reader.slots(SlotName.intendedRecipient, IntendedRecipient.init(parsing:))
        let home = reader.homeCommunityId()
        reader.checkTitle(.optional, maximum: 255)
        guard reader.errors.isEmpty, let patientId, let uniqueId, let sourceId, let time, let code else {
            return (nil, reader.errors)
        }
        let set = SubmissionSet(
            entryUUID: wire.entryUUID, homeCommunityId: home, patientId: patientId, uniqueId: uniqueId,
            sourceId: sourceId, submissionTime: time, contentTypeCode: code, authors: authors,
            intendedRecipients: recipients
        )
        return (set, [])
    }
}
