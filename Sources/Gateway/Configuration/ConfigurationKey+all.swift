import XDSMetadata

extension ConfigurationKey {
    /// Every key there is, in the order of `docs/operations.md`. A key that is not here is refused, and named.
    static let all: [ConfigurationKey] =
        server + mllp + operations + database + repository + registry + valueSets + audit + limits + rest

    private static let server: [ConfigurationKey] = [
        .init("server.host", .text, default: "0.0.0.0", "address the front door listens on"),
        .init("server.port", .number(0...65_535), default: "8443", "its port; 0 takes a free one"),
        .init(optional: "server.publicAddress", .text, "https://HOST:PORT as partners reach it; stands in the WSDL"),
        .init(required: "server.certificate", .file, "PEM file: server certificate, then intermediates"),
        .init(required: "server.key", .file, "PEM file: private key of the server certificate"),
        .init(
            required: "server.trustAnchors", .file, "PEM file: CA certificates that client certificates must lead to"),
        .init(
            optional: "server.uraIssuers", .file,
            "PEM file: the CA certificates whose own certificates lead to an organisation by the URA in them; without it any"
        ),
        .init(optional: "server.revocationLists", .fileOrFolder, "PEM or DER revocation list, or a folder of them"),
        .init(
            "server.revocation", .word(["require", "use", "off"]), default: "use",
            "a client without a revocation list of its issuer: refused, admitted, or lists are not looked at"),
        .init(
            "server.staleLists", .word(["refuse", "warn"]), default: "refuse",
            "clients whose revocation list is past its next update"),
        .init(
            "server.listAgeSeconds", .number(0...31_536_000), default: "0",
            "age of a revocation list that is warned of; 0: only lists past their next update are"),
        .init(
            optional: "server.revocationUrls", .text,
            "addresses of revocation lists to fetch, separated by spaces; the word certificates adds those that clients' certificates name"
        ),
        .init(optional: "server.revocationFolder", .writableFolder, "where fetched lists are kept"),
        .init(
            "server.revocationFetchSeconds", .number(5...604_800), default: "3600", "time between fetches of a list"),
        .init(
            "server.ocsp", .word(["off", "prefer", "require"]), default: "off",
            "whether the status of clients is asked by OCSP, and whether an answer is needed"),
        .init(
            optional: "server.ocspResponder", .text,
            "address of the responder to ask about every client; without it the one their certificates name"),
        .init("server.ocspSeconds", .number(1...60), default: "3", "time for a question and its answer"),
        .init(
            "server.reloadSeconds", .number(1...86_400), default: "60",
            "how soon changed certificates, keys and lists are read again"),
        .init("server.threads", .number(0...256), default: "0", "event loop threads; 0: one per processor"),
        .init("server.connections", .number(1...1_000_000), default: "10000", "open connections at most"),
        .init(
            "server.connectionsPerAddress", .number(1...1_000_000), default: "2000",
            "open connections of one address at most"),
        .init("server.handshakeSeconds", .number(1...300), default: "10", "time for a TLS handshake"),
        .init("server.headSeconds", .number(1...300), default: "15", "time for the head of a request"),
        .init(
            "server.idleSeconds", .number(1...86_400), default: "90", "time a connection may be idle between requests"),
        .init(
            "server.bodyGraceSeconds", .number(1...3_600), default: "20", "time before the pace of a body is looked at"),
        .init(
            "server.bodyBytesPerSecond", .number(1...1_000_000_000), default: "2048",
            "slowest pace of a body, on average"),
        .init("server.writeSeconds", .number(1...3_600), default: "30", "time a peer may take no byte of an answer"),
        .init(
            "server.shutdownSeconds", .number(0...3_600), default: "30",
            "time for accepted requests to finish at a stop"),
    ]

    private static let mllp: [ConfigurationKey] = [
        .init("mllp.enabled", .word(["true", "false"]), default: "true", "whether HL7 v2 is taken (ITI-8, ITI-64)"),
        .init(
            "mllp.host", .text, default: "0.0.0.0", "address the HL7 v2 door listens on, with TLS as at the front door"),
        .init("mllp.port", .number(0...65_535), default: "2575", "its port; 0 takes a free one"),
        .init("mllp.connections", .number(1...100_000), default: "500", "open connections at most"),
        .init("mllp.messageBytes", .number(1_024...67_108_864), default: "1048576", "largest HL7 v2 message"),
        .init(
            "mllp.messageSeconds", .number(1...3_600), default: "30",
            "time from the first byte of a message to its last"),
        .init(
            "mllp.idleSeconds", .number(1...604_800), default: "3600", "time a connection may be idle between messages"),
    ]

    private static let operations: [ConfigurationKey] = [
        .init("operations.host", .text, default: "127.0.0.1", "address of health and metrics, without TLS"),
        .init("operations.port", .number(0...65_535), default: "9443", "its port; 0 takes a free one"),
    ]

    private static let database: [ConfigurationKey] = [
        .init(required: "database.conninfo", .secret, "libpq connection string or URI of the PostgreSQL database"),
        .init(
            "database.sharedConnections", .number(1...64), default: "6", "connections on which queries are pipelined"),
        .init("database.transactionConnections", .number(1...256), default: "12", "connections for transactions"),
        .init("database.querySeconds", .number(1...600), default: "30", "time for one statement"),
        .init("database.waitSeconds", .number(1...600), default: "5", "time to wait for a connection"),
    ]

    private static let repository: [ConfigurationKey] = [
        .init(required: "repository.uniqueId", .oid, "repositoryUniqueId, an OID"),
        .init(required: "repository.folder", .writableFolder, "where the bytes of documents are kept"),
        .init("repository.documentBytes", .number(1...1_099_511_627_776), default: "2147483648", "largest document"),
        .init("repository.threads", .number(1...256), default: "8", "threads for file input and output"),
        .init(
            "repository.sweepSeconds", .number(1...604_800), default: "3600", "time between sweeps of orphaned bytes"),
        .init(
            "repository.sweepAgeSeconds", .number(0...31_536_000), default: "3600", "age before bytes count as orphaned"
        ),
    ]

    private static let registry: [ConfigurationKey] = [
        .init(required: "community.homeCommunityId", .homeCommunityID, "homeCommunityId, urn:oid:..."),
        .init(
            "registry.patientDomain", .oid, default: "2.16.840.1.113883.2.4.6.3",
            "assigning authority of patient ids, an OID"),
        .init(
            "registry.knownAnswerBytes", .number(0...1_099_511_627_776), default: "1073741824",
            "memory for answers to queries that are given again while they are true; 0: each query is run"),
        .init(
            "registry.unknownPatientInQuery", .word(["empty", "error"]), default: "empty",
            "a query for an unknown or merged patient id: no objects, or XDSUnknownPatientId"),
        .init(
            "registry.patients", .word(PatientDomain.Admission.allCases.map(\.rawValue)), default: "feed",
            "how patient ids become known: by the feed, or also by their first registration"),
        .init(
            "registry.bsnCheck", .word(PatientDomain.BSNCheck.allCases.map(\.rawValue)), default: "warn",
            "what is done about ids that fail the eleven test, where the domain is that of the BSN"),
        .init(
            optional: "registry.namespaces", .namespaces,
            "OIDs of namespaces that feeds send without one: NAME=OID,NAME=OID"),
    ]

    private static let valueSets: [ConfigurationKey] =
        [
            .init(
                optional: "valueSets.folder", .folder,
                "folder with the FHIR ValueSet files of the region, named after attributes: classCode.json"),
            .init(
                "valueSets.mode", .word(ValueSetBindings.Mode.allCases.map(\.rawValue)), default: "reject",
                "what becomes of a code outside its value set"),
        ]
        + CodedAttribute.allCases.map { attribute in
            .init(
                optional: "valueSets.\(attribute.rawValue)", .word(ValueSetBindings.Mode.allCases.map(\.rawValue)),
                "the same for this attribute alone; its file must be there unless off")
        }

    private static let limits: [ConfigurationKey] = [
        .init("limits.envelopeBytes", .number(1_024...1_073_741_824), default: "33554432", "largest SOAP envelope"),
        .init(
            "limits.messageBytes", .number(1_024...1_099_511_627_776), default: "4294967296",
            "largest request, documents included"),
        .init(
            "limits.submissionObjects", .number(10...100_000), default: "2000",
            "objects of one submission or update: DocumentEntries, Folders, Associations and the SubmissionSet"),
        .init("limits.results", .number(1...1_000_000), default: "10000", "objects of one query answer"),
        .init("limits.requests", .number(1...100_000), default: "1024", "requests in work at once"),
        .init(
            "limits.envelopeBytesInWork", .number(1_048_576...1_099_511_627_776), default: "268435456",
            "bytes of SOAP envelopes in work at once, over all requests"),
        .init("limits.parts", .number(1...100_000), default: "1000", "parts of a MIME message at most"),
        .init("limits.partHeaderBytes", .number(256...1_048_576), default: "16384", "headers of one MIME part"),
        .init("limits.depth", .number(8...10_000), default: "64", "levels of XML elements"),
        .init("limits.elements", .number(100...100_000_000), default: "500000", "XML elements of a message"),
        .init("limits.attributes", .number(1...10_000), default: "64", "attributes of one XML element"),
        .init("limits.attributeBytes", .number(64...16_777_216), default: "65536", "one XML attribute"),
        .init(
            "limits.requestHeaderBytes", .number(1_024...1_048_576), default: "65536", "all HTTP headers of a request"),
    ]

    private static let rest: [ConfigurationKey] = [
        .init(
            "access.consent", .word(["opt-in", "opt-out", "off"]), default: "opt-in",
            "documents of others are shown after the patient agreed, unless the patient objected, or always"),
        .init(
            "organisations.refreshSeconds", .number(1...3_600), default: "1",
            "how soon a change of organisations is seen"),
        .init(
            "organisations.requests", .number(1...100_000), default: "256",
            "requests in work at once of one organisation, unless it has a limit of its own"),
        .init(
            "organisations.bytes", .number(1_048_576...1_099_511_627_776), default: "8589934592",
            "bytes of messages being received at once of one organisation, unless it has a limit of its own"),
        .init(
            "organisations.requestsPerSecond", .number(0...1_000_000), default: "0",
            "requests a second of one organisation, unless it has a limit of its own; 0: any number"),
        .init(
            "organisations.readingTurns", .number(1...63), default: "5",
            "queries and retrievals of one organisation worked on at a time while others ask too; more wait"),
        .init(
            "organisations.registeringTurns", .number(1...256), default: "8",
            "registrations (ITI-42, ITI-61) of one organisation worked on at a time while others ask too; more wait"),
        .init(
            "organisations.writingTurns", .number(1...256), default: "4",
            "submissions of documents, changes and removals of one organisation worked on at a time while others ask too; "
                + "more wait"),
        .init(
            "organisations.turnSeconds", .number(1...600), default: "30",
            "how long a request may wait for a turn and is still worked on"),
        .init(
            "log.level", .word(["trace", "debug", "info", "notice", "warning", "error"]), default: "info", "least level"
        ),
        .init("log.format", .word(["text", "json"]), default: "text", "form of a log line"),
    ]
}
