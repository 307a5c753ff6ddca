import XDSTesting

@testable import XDSMetadata

extension SubmissionRuleTests {
    /// A required code is missing.
    private static func missingCode(_ name: String, _ scheme: String) -> RuleCase {
        RuleCase("\(name) missing", .metadata, "DocumentEntry Document01: \(name) is missing") { sample, _ in
            sample.documentEntry.object.removeClassification(scheme)
        }
    }

    /// A required Slot of the DocumentEntry is missing.
    private static func missingSlot(_ name: String) -> RuleCase {
        RuleCase("\(name) missing", .metadata, "\(name) is missing") { sample, _ in
            sample.documentEntry.object.removeSlot(name)
        }
    }

    /// A Slot of the DocumentEntry has these values.
    private static func slot(_ name: String, _ values: String..., context: String) -> RuleCase {
        RuleCase("\(name) = \(values)", .metadata, context) { sample, _ in
            sample.documentEntry.object.setSlot(name, values)
        }
    }

    /// A Slot of the author has these values.
    private static func author(_ name: String, _ values: String...) -> RuleCase {
        RuleCase("\(name) = \(values)", .metadata, name) { sample, _ in
            sample.documentEntry.object.classifications[0].object.setSlot(name, values)
        }
    }

    static let attributes: [RuleCase] = [
        missingCode("classCode", Scheme.classCode),
        missingCode("typeCode", Scheme.typeCode),
        missingCode("formatCode", Scheme.formatCode),
        missingCode("practiceSettingCode", Scheme.practiceSettingCode),
        missingCode("healthcareFacilityTypeCode", Scheme.healthcareFacilityTypeCode),
        missingCode("confidentialityCode", Scheme.confidentialityCode),
        missingSlot(SlotName.creationTime),
        missingSlot(SlotName.languageCode),
        missingSlot(SlotName.sourcePatientId),
        missingSlot(SlotName.repositoryUniqueId),
        missingSlot(SlotName.hash),
        missingSlot(SlotName.size),
        slot(SlotName.creationTime, "20250304101530+0100", context: "creationTime"),
        slot(SlotName.creationTime, "2025", "2026", context: "several values"),
        slot(SlotName.serviceStartTime, "20250305", context: "later than serviceStopTime"),
        slot(SlotName.hash, "xyz", context: "hash is not hexadecimal"),
        slot(SlotName.size, "-1", context: "size is not a number"),
        slot(SlotName.languageCode, "nl_NL", context: "languageCode"),
        slot(SlotName.sourcePatientId, "P1", context: "sourcePatientId"),
        slot(SlotName.sourcePatientInfo, "PID-7|1950", "PID-7|1951", context: "PID-7 more than once"),
        slot(SlotName.sourcePatientInfo, "PID-8|F", "PID-8|M", context: "PID-8 more than once"),
        slot(SlotName.sourcePatientInfo, "PID-8|F~M", context: "several values of PID-8"),
        slot(SlotName.sourcePatientInfo, "PID-2|1", context: "PID-2, which is not to be sent"),
        slot(SlotName.sourcePatientInfo, "PID-4|1", context: "PID-4, which is not to be sent"),
        slot(SlotName.sourcePatientInfo, "PID-12|NL", context: "PID-12, which is not to be sent"),
        slot(SlotName.sourcePatientInfo, "PID-19|900186021", context: "PID-19, which is not to be sent"),
        slot(SlotName.sourcePatientInfo, "PID-40|x", context: "from 1 to 39"),
        slot(SlotName.sourcePatientInfo, "Jansen", context: "PID-n|value"),
        slot(SlotName.serviceStopTime, "2025031", context: "serviceStopTime"),
        slot(SlotName.referenceIdList, "A1^^^&x&ISO^urn:ihe:iti:xds:2013:accession", context: "referenceIdList"),
        slot(SlotName.size, "1", "2", context: "size has several values"),
        slot(SlotName.hash, "a", "b", context: "hash has several values"),
        slot(SlotName.languageCode, "nl", "en", context: "languageCode has several values"),
        slot(SlotName.legalAuthenticator, "^^Karin", context: "legalAuthenticator"),
        slot(SlotName.legalAuthenticator, "1^A", "2^B", context: "legalAuthenticator"),
        slot(SlotName.referenceIdList, "1", context: "referenceIdList"),
        slot(SlotName.repositoryUniqueId, "urn:oid:1.2", context: "repositoryUniqueId"),
        slot(SlotName.uri, "a", "b", context: "URI"),
        slot(SlotName.documentAvailability, "Online", context: "documentAvailability"),
        author(SlotName.authorPerson, "^^Karin"),
        author(SlotName.authorPerson, "1^A", "2^B"),
        author(SlotName.authorInstitution, "^x"),
        author(SlotName.authorInstitution, "Ziekenhuis^^^^^NS&2.999.41&ISO^^^^00001234"),
        author(SlotName.authorTelecommunication, "0201234567"),
        author(SlotName.authorRole, "arts^^^x&2.999.1&ISO"),
        author(SlotName.authorSpecialty, "394579002^^^&2.16.840.1.113883.6.96&DNS"),
        RuleCase("an author that is nobody", .metadata, "none of authorPerson") { sample, _ in
            let names = [SlotName.authorPerson, SlotName.authorInstitution, SlotName.authorTelecommunication]
            for name in names { sample.documentEntry.object.classifications[0].object.removeSlot(name) }
        },
        RuleCase("two class codes", .metadata, "classCode is given more than once") { sample, _ in
            sample.documentEntry.object.classifications.append(
                SampleMetadata.code("B", "1.2", "b", Scheme.classCode, of: "Document01")
            )
        },
        RuleCase("a code without scheme", .metadata, "exactly one codingScheme") { sample, _ in
            sample.documentEntry.object.classifications[1].object.slots = []
        },
        RuleCase("a code with two schemes", .metadata, "exactly one codingScheme") { sample, _ in
            sample.documentEntry.object.classifications[1].object.setSlot(SlotName.codingScheme, ["1.2", "1.3"])
        },
        RuleCase("a code without display name", .metadata, "display name") { sample, _ in
            sample.documentEntry.object.classifications[1].object.name = nil
        },
        RuleCase("a Classification without code", .metadata, "nodeRepresentation") { sample, _ in
            sample.documentEntry.object.classifications[1].nodeRepresentation = nil
        },
        RuleCase("mimeType missing", .metadata, "mimeType is missing") { sample, _ in
            sample.documentEntry.mimeType = nil
        },
        RuleCase("mimeType without subtype", .metadata, "mimeType") { sample, _ in
            sample.documentEntry.mimeType = "pdf"
        },
        RuleCase("an objectType of its own", .metadata, "objectType is neither") { sample, _ in
            sample.documentEntry.object.objectType = "urn:uuid:00000000-0000-4000-8000-000000000000"
        },
        RuleCase("a malformed eventCode", .metadata, "eventCodeList has no display name") { sample, _ in
            var event = SampleMetadata.code("CT", "1.2.840.10008.2.16.4", "CT", Scheme.eventCodeList, of: "Document01")
            event.object.name = nil
            sample.documentEntry.object.classifications.append(event)
        },
        RuleCase("patientId with a namespace", .metadata, "patientId has a namespace") { sample, _ in
            for index in 0..<2 {
                sample.objects.extrinsicObjects[index].object.setIdentifier(
                    Scheme.documentEntryPatientId, "900070001^^^BSN&2.999.1&ISO")
            }
            sample.submissionSet.object.setIdentifier(
                Scheme.submissionSetPatientId, "900070001^^^BSN&2.999.1&ISO")
            sample.folder.object.setIdentifier(Scheme.folderPatientId, "900070001^^^BSN&2.999.1&ISO")
        },
        RuleCase("two uniqueIds", .metadata, "uniqueId is given more than once") { sample, _ in
            sample.documentEntry.object.externalIdentifiers.append(
                SampleMetadata.identifier("2.999.5", Scheme.documentEntryUniqueId, of: "Document01"))
        },
        RuleCase("objectType missing", .metadata, "objectType is missing") { sample, _ in
            sample.documentEntry.object.objectType = nil
        },
        RuleCase("a title of 128 characters", .metadata, "title") { sample, _ in
            sample.documentEntry.object.name = InternationalString(String(repeating: "x", count: 128))
        },
        RuleCase("home without urn:oid", .metadata, "homeCommunityId") { sample, _ in
            sample.documentEntry.object.home = "1.2.3"
        },
        RuleCase("uniqueId missing", .metadata, "uniqueId is missing") { sample, _ in
            sample.documentEntry.object.removeIdentifier(Scheme.documentEntryUniqueId)
        },
        RuleCase("uniqueId too long", .metadata, "uniqueId is longer") { sample, _ in
            let id = String(repeating: "1", count: 129)
            sample.documentEntry.object.setIdentifier(Scheme.documentEntryUniqueId, id)
        },
        RuleCase("patientId missing", .metadata, "patientId is missing") { sample, _ in
            sample.documentEntry.object.removeIdentifier(Scheme.documentEntryPatientId)
        },
    ]

    static let folderAttributes: [RuleCase] = [
        RuleCase("SubmissionSet without sourceId", .metadata, "sourceId is missing") { sample, _ in
            sample.submissionSet.object.removeIdentifier(Scheme.submissionSetSourceId)
        },
        RuleCase("sourceId is no OID", .metadata, "sourceId") { sample, _ in
            sample.submissionSet.object.setIdentifier(Scheme.submissionSetSourceId, "bron")
        },
        RuleCase("SubmissionSet without uniqueId", .metadata, "uniqueId is missing") { sample, _ in
            sample.submissionSet.object.removeIdentifier(Scheme.submissionSetUniqueId)
        },
        RuleCase("SubmissionSet without submissionTime", .metadata, "submissionTime") { sample, _ in
            sample.submissionSet.object.removeSlot(SlotName.submissionTime)
        },
        RuleCase("SubmissionSet without contentTypeCode", .metadata, "contentTypeCode") { sample, _ in
            sample.submissionSet.object.removeClassification(Scheme.contentTypeCode)
        },
        RuleCase("a SubmissionSet title of 256 characters", .metadata, "title is longer than 255") { sample, _ in
            sample.submissionSet.object.name = InternationalString(String(repeating: "x", count: 256))
        },
        RuleCase("SubmissionSet without patientId", .metadata, "patientId is missing") { sample, _ in
            sample.submissionSet.object.removeIdentifier(Scheme.submissionSetPatientId)
        },
        RuleCase("SubmissionSet uniqueId is no OID", .metadata, "uniqueId") { sample, _ in
            sample.submissionSet.object.setIdentifier(Scheme.submissionSetUniqueId, "aanlevering 1")
        },
        RuleCase("submissionTime with a zone", .metadata, "submissionTime") { sample, _ in
            sample.submissionSet.object.setSlot(SlotName.submissionTime, ["20250304101530+0100"])
        },
        RuleCase("two content types", .metadata, "contentTypeCode is given more than once") { sample, _ in
            sample.submissionSet.object.classifications.append(
                SampleMetadata.code("B", "1.2", "b", Scheme.contentTypeCode, of: SampleMetadata.submissionSetId))
        },
        RuleCase("a SubmissionSet author that is nobody", .metadata, "none of authorPerson") { sample, _ in
            sample.submissionSet.object.classifications[2].object.slots = []
        },
        RuleCase("SubmissionSet home without urn:oid", .metadata, "homeCommunityId") { sample, _ in
            sample.submissionSet.object.home = "1.2.3"
        },
        RuleCase("intendedRecipient is nobody", .metadata, "intendedRecipient") { sample, _ in
            sample.submissionSet.object.setSlot(SlotName.intendedRecipient, ["||"])
        },
        RuleCase("Folder without code", .metadata, "codeList is missing") { sample, _ in
            sample.folder.object.removeClassification(Scheme.folderCodeList)
        },
        RuleCase("Folder uniqueId missing", .metadata, "uniqueId is missing") { sample, _ in
            sample.folder.object.removeIdentifier(Scheme.folderUniqueId)
        },
        RuleCase("a Folder title of 257 characters", .metadata, "title is longer than 256") { sample, _ in
            sample.folder.object.name = InternationalString(String(repeating: "x", count: 257))
        },
        RuleCase("a Folder code without scheme", .metadata, "codeList does not have exactly one codingScheme") {
            sample, _ in
            sample.folder.object.classifications[1].object.slots = []
        },
        RuleCase("Folder home without urn:oid", .metadata, "homeCommunityId") { sample, _ in
            sample.folder.object.home = "1.2.3"
        },
        RuleCase("Folder without title", .metadata, "title is missing") { sample, _ in sample.folder.object.name = nil
        },
        RuleCase("Folder uniqueId is no OID", .metadata, "uniqueId") { sample, _ in
            sample.folder.object.setIdentifier(Scheme.folderUniqueId, "map")
        },
        RuleCase("Folder without patientId", .metadata, "patientId") { sample, _ in
            sample.folder.object.removeIdentifier(Scheme.folderPatientId)
        },
    ]
}
