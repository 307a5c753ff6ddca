extension ConfigurationKey {
    /// The audit trail: who signs, how long events are kept, where they are forwarded to.
    static let audit: [ConfigurationKey] = [
        .init(optional: "audit.node", .text, "AuditSourceID of this node; its host name if absent"),
        .init(
            optional: "audit.signingKey", .file,
            "PEM file: private key (EC P-256) that signs events and checkpoints of the audit trail"),
        .init(
            optional: "audit.trustedKeys", .file,
            "PEM file: public keys of other nodes whose signatures \"audit verify\" accepts"),
        .init("audit.checkpointSeconds", .number(1...86_400), default: "60", "time between signed checkpoints"),
        .init("audit.retentionDays", .number(1...36_500), default: "1826", "age before \"audit prune\" removes events"),
        .init(
            optional: "audit.syslogHost", .text, "audit repository that takes syslog over TLS; absent: no forwarding"),
        .init("audit.syslogPort", .number(1...65_535), default: "6514", "its port"),
        .init(
            optional: "audit.syslogTrustAnchors", .file,
            "PEM file: CA certificates its certificate must lead to; needed for forwarding"),
        .init(
            optional: "audit.syslogCertificate", .file,
            "PEM file: our certificate for it; `server.certificate` if absent"),
        .init(optional: "audit.syslogKey", .file, "PEM file: private key of that certificate"),
        .init(
            "audit.syslogSessionSeconds", .number(1...3_600), default: "10",
            "length of a session; what was sent in one that breaks is sent again"),
        .init(
            "audit.syslogStallSeconds", .number(1...600), default: "30",
            "time the audit repository may take no byte or leave the end of a session unanswered"),
    ]
}
