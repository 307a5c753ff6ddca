/// Names of a coding scheme in FHIR, and the OIDs that XDS metadata uses for them.
///
/// - Source: HL7 Terminology, NamingSystem registrations; for formatCode the IHE format code vocabulary.
enum CodeSystemURL {
    /// The OID in a `urn:oid:` name; nil for other names.
    static func oid(in system: String) -> String? {
        guard system.hasPrefix(EbRIMVocabulary.oidPrefix) else { return nil }
        return String(system.dropFirst(EbRIMVocabulary.oidPrefix.utf8.count))
    }

    /// The OID of a widely used URL.
    static func oid(of url: String) -> String? { wellKnown[url] }

    private static let wellKnown: [String: String] = [
        "http://snomed.info/sct": "2.16.840.1.113883.6.96",
        "http://loinc.org": "2.16.840.1.113883.6.1",
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality": "2.16.840.1.113883.5.25",
        "http://dicom.nema.org/resources/ontology/DCM": "1.2.840.10008.2.16.4",
        "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode": "1.3.6.1.4.1.19376.1.2.3",
    ]
}
