extension DocumentEntry {
    /// Reads a DocumentEntry as a registry needs it: with repositoryUniqueId, and hash and size if it is stable.
    ///
    /// The entry is nil if a required attribute is missing or malformed; every such attribute has an error.
    /// - Source: ITI TF-3: 4.2.3.2, Table 4.3.1-3 (column Document Repository to Registry).
    public static func decode(_ wire: ExtrinsicObject) -> (entry: DocumentEntry?, errors: [RegistryError]) {
        var reader = AttributeReader(wire.object, kind: .documentEntry)
        let objectType = reader.documentEntryType()
        let identity = reader.documentEntryIdentity(mimeType: wire.mimeType)
        let codes = reader.documentEntryCodes()
        let times = reader.documentEntryTimes(of: objectType)
        let content = reader.documentEntryContent(of: objectType)
        let languageCode = reader.slot(SlotName.languageCode, .required, LanguageCode.init(parsing:))
        let authors = reader.authors(scheme: EbRIMVocabulary.Scheme.documentEntryAuthor)
        let source = reader.documentEntrySource()
        let authenticator = reader.documentEntryAuthenticator()
        let referenceIds = reader.slots(SlotName.referenceIdList, ReferenceID.init(parsing:))
        let availability = reader.documentAvailability()
        let home = reader.homeCommunityId()
        reader.checkTitle(.optional, maximum: 127)
        reader.checkURI()
        guard reader.errors.isEmpty, let objectType, let identity, let codes, let languageCode, let source else {
            return (nil, reader.errors)
        }
        let entry = DocumentEntry(
            entryUUID: wire.entryUUID, logicalID: wire.object.lid.map { EntryUUID($0) }, version: reader.version,
            availabilityStatus: wire.object.status.flatMap(AvailabilityStatus.init(rawValue:)),
            objectType: objectType, homeCommunityId: home, patientId: identity.patientId,
            uniqueId: identity.uniqueId, repositoryUniqueId: identity.repositoryUniqueId, mimeType: identity.mimeType,
            codes: codes, times: times, content: content, languageCode: languageCode, authors: authors,
            legalAuthenticator: authenticator, sourcePatientId: source.id, sourcePatientInfo: source.info,
            referenceIds: referenceIds, documentAvailability: availability, title: wire.object.name?.text
        )
        return (entry, [])
    }
}

/// patientId, uniqueId and where the bytes are.
private struct DocumentEntryIdentity {
    let patientId: PatientID
    let uniqueId: UniqueID
    let repositoryUniqueId: OID
    let mimeType: MIMEType
}

extension AttributeReader {
    fileprivate mutating func documentEntryType() -> DocumentEntryType? {
        guard let text = object.objectType else {
            report("objectType", "is missing")
            return nil
        }
        let type = DocumentEntryType(rawValue: text)
        if type == nil { report("objectType", "is neither the one of stable nor of on-demand entries") }
        return type
    }

    fileprivate mutating func documentEntryIdentity(mimeType: String?) -> DocumentEntryIdentity? {
        typealias Scheme = EbRIMVocabulary.Scheme
        let patientId = identifier("patientId", scheme: Scheme.documentEntryPatientId, PatientID.init(parsing:))
        let uniqueId = identifier("uniqueId", scheme: Scheme.documentEntryUniqueId, UniqueID.init(parsing:))
        let repository = slot(SlotName.repositoryUniqueId, .required, OID.init(parsing:))
        var type: MIMEType?
        if let mimeType, !mimeType.isEmpty {
            type = parse("mimeType", mimeType, MIMEType.init(parsing:))
        } else {
            report("mimeType", "is missing")
        }
        guard let patientId, let uniqueId, let repository, let type else { return nil }
        return DocumentEntryIdentity(
            patientId: patientId, uniqueId: uniqueId, repositoryUniqueId: repository, mimeType: type
        )
    }

    fileprivate mutating func documentEntryCodes() -> DocumentEntry.Codes? {
        typealias Scheme = EbRIMVocabulary.Scheme
        let classCode = code("classCode", scheme: Scheme.classCode, .required)
        let typeCode = code("typeCode", scheme: Scheme.typeCode, .required)
        let formatCode = code("formatCode", scheme: Scheme.formatCode, .required)
        let setting = code("practiceSettingCode", scheme: Scheme.practiceSettingCode, .required)
        let facility = code("healthcareFacilityTypeCode", scheme: Scheme.healthcareFacilityTypeCode, .required)
        let confidentiality = codes("confidentialityCode", scheme: Scheme.confidentialityCode, .required)
        let events = codes("eventCodeList", scheme: Scheme.eventCodeList, .optional)
        guard let classCode, let typeCode, let formatCode, let setting, let facility else { return nil }
        return DocumentEntry.Codes(
            classCode: classCode, typeCode: typeCode, formatCode: formatCode, practiceSettingCode: setting,
            healthcareFacilityTypeCode: facility, confidentialityCodes: confidentiality, eventCodes: events
        )
    }

    fileprivate mutating func documentEntryTimes(of type: DocumentEntryType?) -> DocumentEntry.Times {
        var creation: DTM?
        if type == .onDemand {
            forbid(SlotName.creationTime)
        } else {
            creation = slot(SlotName.creationTime, type == nil ? .optional : .required, DTM.init(parsing:))
        }
        let start = slot(SlotName.serviceStartTime, .optional, DTM.init(parsing:))
        let stop = slot(SlotName.serviceStopTime, .optional, DTM.init(parsing:))
        if let start, let stop, start.lowerBound > stop.upperBound {
            report(SlotName.serviceStartTime, "is later than serviceStopTime")
        }
        return DocumentEntry.Times(creationTime: creation, serviceStartTime: start, serviceStopTime: stop)
    }

    fileprivate mutating func documentEntryContent(of type: DocumentEntryType?) -> DocumentEntry.Content? {
        if type == .onDemand {
            forbid(SlotName.hash)
            forbid(SlotName.size)
            return nil
        }
        let hash = slot(SlotName.hash, .required, SHA1Digest.init(parsing:))
        let size = slot(SlotName.size, .required, DocumentSize.parse)
        guard let hash, let size else { return nil }
        return DocumentEntry.Content(hash: hash, size: size)
    }

    fileprivate mutating func documentEntryAuthenticator() -> XCN? {
        slot(SlotName.legalAuthenticator, .optional, XCN.init(parsing:))
    }

    fileprivate mutating func documentEntrySource() -> (id: PatientID, info: [SourcePatientInfo])? {
        let id = slot(SlotName.sourcePatientId, .required, PatientID.init(parsing:))
        let info = slots(SlotName.sourcePatientInfo, SourcePatientInfo.init(parsing:))
        for field in [7, 8] where info.count(where: { $0.field == field }) > 1 {
            report(SlotName.sourcePatientInfo, "has PID-\(field) more than once; one value is allowed")
        }
        return id.map { ($0, info) }
    }

    fileprivate mutating func documentAvailability() -> DocumentAvailability {
        let value = slot(SlotName.documentAvailability, .optional) { (text) throws(FormatProblem) in
            guard let value = DocumentAvailability(rawValue: text) else {
                throw FormatProblem("is neither Online nor Offline")
            }
            return value
        }
        return value ?? .online
    }

    fileprivate mutating func checkURI() {
        if let values = object.slot(SlotName.uri)?.values, values.count > 1 {
            report(SlotName.uri, "has several values; one is allowed")
        }
    }

    private mutating func forbid(_ name: String) {
        if object.slot(name) != nil { report(name, "is not allowed on an on-demand entry") }
    }
}
