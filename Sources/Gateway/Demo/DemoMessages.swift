import NIOCore

/// The SOAP messages a partner would send, written out by hand: they show what goes over the wire, and they do not use
/// the code that reads them.
struct DemoMessages: Sendable {
    let patientID: String
    let repositoryUniqueID: String
    let run: String

    /// A MIME package with its media type.
    struct Package: Sendable {
        let contentType: String
        let body: [ByteBuffer]
    }

    /// ITI-41 with any number of documents.
    /// - Parameter submission: distinguishes the submissions of one run.
    func provideAndRegister(_ documents: [DemoDocument], submission: Int, patient: String? = nil) -> Package {
        let entries = documents.map { entry($0, patient: patient ?? patientID) }.joined()
        let members = documents.enumerated().map { index, document in
            """
            <rim:Association id="as\(index)" objectType="\(Self.objectType)Association" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" \
            sourceObject="SubmissionSet01" targetObject="\(document.id)"><rim:Slot name="SubmissionSetStatus"><rim:ValueList>\
            <rim:Value>Original</rim:Value></rim:ValueList></rim:Slot></rim:Association>
            """
        }.joined()
        let parts = documents.map {
            #"<xds:Document id="\#($0.id)"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:\#($0.id)@demo"/></xds:Document>"#
        }.joined()
        let payload = """
            <xds:ProvideAndRegisterDocumentSetRequest xmlns:xds="urn:ihe:iti:xds-b:2007" \
            xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">\
            <lcm:SubmitObjectsRequest><rim:RegistryObjectList>\(entries)\(submissionSet(submission, patient: patient ?? patientID))\(members)\
            </rim:RegistryObjectList></lcm:SubmitObjectsRequest>\(parts)</xds:ProvideAndRegisterDocumentSetRequest>
            """
        return package(
            envelope("urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b", payload),
            attachments: documents.map { ($0.id + "@demo", $0.mimeType, $0.bytes) })
    }

    /// ITI-18 FindDocuments for the approved documents of the patient.
    func findDocuments(returnType: String, patient: String? = nil) -> String {
        adhocQuery(
            "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", returnType: returnType,
            slots: [
                ("$XDSDocumentEntryPatientId", "'\(patient ?? patientID)'"),
                ("$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"),
            ])
    }

    /// ITI-18 GetDocuments by uniqueId.
    func getDocuments(uniqueIDs: [String]) -> String {
        adhocQuery(
            "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", returnType: "LeafClass",
            slots: [("$XDSDocumentEntryUniqueId", "(" + uniqueIDs.map { "'\($0)'" }.joined(separator: ",") + ")")])
    }

    /// ITI-43 for any number of documents.
    func retrieve(uniqueIDs: [String]) -> Package {
        let requests = uniqueIDs.map {
            """
            <xds:DocumentRequest><xds:RepositoryUniqueId>\(repositoryUniqueID)</xds:RepositoryUniqueId>\
            <xds:DocumentUniqueId>\($0)</xds:DocumentUniqueId></xds:DocumentRequest>
            """
        }.joined()
        let payload =
            #"<xds:RetrieveDocumentSetRequest xmlns:xds="urn:ihe:iti:xds-b:2007">\#(requests)</xds:RetrieveDocumentSetRequest>"#
        return package(envelope("urn:ihe:iti:2007:RetrieveDocumentSet", payload), attachments: [])
    }

    // MARK: Envelope and packaging

    private func adhocQuery(_ id: String, returnType: String, slots: [(String, String)]) -> String {
        let slots = slots.map { name, value in
            """
            <rim:Slot name="\(name)"><rim:ValueList><rim:Value>\(Self.escaped(value))</rim:Value></rim:ValueList></rim:Slot>
            """
        }.joined()
        return envelope(
            "urn:ihe:iti:2007:RegistryStoredQuery",
            """
            <query:AdhocQueryRequest xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" \
            xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><query:ResponseOption returnType="\(returnType)" \
            returnComposedObjects="true"/><rim:AdhocQuery id="\(id)">\(slots)</rim:AdhocQuery></query:AdhocQueryRequest>
            """)
    }

    private func envelope(_ action: String, _ payload: String) -> String {
        let messageID = String(UInt64.random(in: .min ... .max), radix: 16)
        return """
            <?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" \
            xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header><wsa:Action soap:mustUnderstand="1">\(action)</wsa:Action>\
            <wsa:MessageID>urn:demo:\(run):\(messageID)</wsa:MessageID><wsa:ReplyTo>\
            <wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo></soap:Header>\
            <soap:Body>\(payload)</soap:Body></soap:Envelope>
            """
    }

    private func package(_ envelope: String, attachments: [(id: String, type: String, bytes: ByteBuffer)]) -> Package {
        let boundary = "demo_\(run)"
        var body: [ByteBuffer] = [
            ByteBuffer(
                string: """
                    --\(boundary)\r\nContent-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\n\
                    Content-Transfer-Encoding: binary\r\nContent-ID: <root@demo>\r\n\r\n\(envelope)
                    """)
        ]
        for attachment in attachments {
            body.append(
                ByteBuffer(
                    string: """
                        \r\n--\(boundary)\r\nContent-Type: \(attachment.type)\r\nContent-Transfer-Encoding: binary\r\n\
                        Content-ID: <\(attachment.id)>\r\n\r\n
                        """))
            body.append(attachment.bytes)
        }
        body.append(ByteBuffer(string: "\r\n--\(boundary)--\r\n"))
        return Package(
            contentType: """
                multipart/related; type="application/xop+xml"; start="<root@demo>"; start-info="application/soap+xml"; \
                boundary="\(boundary)"
                """,
            body: body)
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
