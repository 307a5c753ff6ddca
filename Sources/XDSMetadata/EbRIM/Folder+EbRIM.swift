extension Folder {
    /// Reads a Folder; nil if a required attribute is missing or malformed, with an error for each.
    ///
    /// A submitted lastUpdateTime has no effect, so its form does not matter.
    /// - Source: ITI TF-3: 4.2.3.4.
    public static func decode(_ wire: RegistryPackage) -> (folder: Folder?, errors: [RegistryError]) {
        typealias Scheme = EbRIMVocabulary.Scheme
        var reader = AttributeReader(wire.object, kind: .folder)
        let patientId = reader.identifier("patientId", scheme: Scheme.folderPatientId, PatientID.init(parsing:))
        let uniqueId = reader.identifier("uniqueId", scheme: Scheme.folderUniqueId, OID.init(parsing:))
        let codes = reader.codes("codeList", scheme: Scheme.folderCodeList, .required)
        let time = wire.object.slot(SlotName.lastUpdateTime)?.values.first.flatMap { try? DTM(parsing: $0) }
        let home = reader.homeCommunityId()
        reader.checkTitle(.required, maximum: 256)
        guard reader.errors.isEmpty, let patientId, let uniqueId else { return (nil, reader.errors) }
        let folder = Folder(
            entryUUID: wire.entryUUID, logicalID: wire.object.lid.map { EntryUUID($0) }, version: reader.version,
            homeCommunityId: home, patientId: patientId, uniqueId: uniqueId, codes: codes, lastUpdateTime: time,
            title: wire.object.name?.text ?? ""
        )
        return (folder, [])
    }
}
