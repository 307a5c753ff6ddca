import NIOCore

/// The ebRIM of the demo's submissions (ITI TF-3: 4.2.3).
extension DemoMessages {
    /// What every objectType but the one of a DocumentEntry begins with.
    static let objectType = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"

    /// One DocumentEntry.
    func entry(_ document: DemoDocument, patient: String) -> String {
        let id = document.id
        let codes = [
            ("urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", "REPORTS", "2.999.20.1", "Verslag"),
            (
                "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", document.typeCode.code, document.typeCode.scheme,
                document.typeCode.name
            ),
            (
                "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d", document.formatCode.code, document.formatCode.scheme,
                document.formatCode.name
            ),
            ("urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "V4", "2.16.840.1.113883.2.4.15.1060", "Ziekenhuis"),
            ("urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", "394579002", "2.16.840.1.113883.6.96", "Cardiologie"),
            ("urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f", "N", "2.16.840.1.113883.5.25", "normal"),
        ].enumerated().map {
            classification("\(id)c\($0)", of: id, scheme: $1.0, code: $1.1, codingScheme: $1.2, name: $1.3)
        }
        return """
            <rim:ExtrinsicObject id="\(id)" mimeType="\(document.mimeType)" \
            objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">\(slot("creationTime", "20261120101500"))\
            \(slot("hash", document.hash))\(slot("languageCode", "nl-NL"))\(slot("size", String(document.bytes.readableBytes)))\
            \(slot("sourcePatientId", "P0077^^^&2.999.10.1&ISO"))\
            <rim:Name><rim:LocalizedString xml:lang="nl-NL" value="\(Self.escaped(document.title))"/></rim:Name>\
            \(author("\(id)a", of: id, scheme: "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"))\(codes.joined())\
            \(identifier("\(id)p", of: id, "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", patient, "XDSDocumentEntry.patientId"))\
            \(identifier("\(id)u", of: id, "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", document.uniqueID, "XDSDocumentEntry.uniqueId"))\
            </rim:ExtrinsicObject>
            """
    }

    /// The SubmissionSet.
    func submissionSet(_ number: Int, patient: String) -> String {
        let id = "SubmissionSet01"
        return """
            <rim:RegistryPackage id="\(id)" objectType="\(Self.objectType)RegistryPackage">\(slot("submissionTime", "20261120103000"))\
            \(author("ssa", of: id, scheme: "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"))\
            \(classification("ssc", of: id, scheme: "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", code: "11488-4", codingScheme: "2.16.840.1.113883.6.1", name: "Consult"))\
            <rim:Classification id="ssn" objectType="\(Self.objectType)Classification" classifiedObject="\(id)" classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>\
            \(identifier("ssp", of: id, "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", patient, "XDSSubmissionSet.patientId"))\
            \(identifier("sss", of: id, "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", "2.999.40.1", "XDSSubmissionSet.sourceId"))\
            \(identifier("ssu", of: id, "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", "2.999.8.\(run).\(number)", "XDSSubmissionSet.uniqueId"))\
            </rim:RegistryPackage>
            """
    }

    private func author(_ id: String, of object: String, scheme: String) -> String {
        """
        <rim:Classification id="\(id)" objectType="\(Self.objectType)Classification" classifiedObject="\(object)" classificationScheme="\(scheme)" nodeRepresentation="">\
        \(slot("authorPerson", "900000123^Jansen^Anneke^^^^^^&2.16.528.1.1007.3.1&ISO"))\
        \(slot("authorInstitution", "Ziekenhuis Oost^^^^^&2.16.528.1.1007.3.3&ISO^^^^90000001"))</rim:Classification>
        """
    }

    private func classification(
        _ id: String, of object: String, scheme: String, code: String, codingScheme: String, name: String
    ) -> String {
        """
        <rim:Classification id="\(id)" objectType="\(Self.objectType)Classification" classifiedObject="\(object)" classificationScheme="\(scheme)" nodeRepresentation="\(code)">\
        \(slot("codingScheme", codingScheme))<rim:Name><rim:LocalizedString value="\(name)"/></rim:Name></rim:Classification>
        """
    }

    private func identifier(_ id: String, of object: String, _ scheme: String, _ value: String, _ name: String)
        -> String
    {
        """
        <rim:ExternalIdentifier id="\(id)" objectType="\(Self.objectType)ExternalIdentifier" registryObject="\(object)" identificationScheme="\(scheme)" value="\(Self.escaped(value))">\
        <rim:Name><rim:LocalizedString value="\(name)"/></rim:Name></rim:ExternalIdentifier>
        """
    }

    private func slot(_ name: String, _ value: String) -> String {
        "<rim:Slot name=\"\(name)\"><rim:ValueList><rim:Value>\(Self.escaped(value))</rim:Value></rim:ValueList></rim:Slot>"
    }
}
