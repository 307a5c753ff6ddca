import FoundationEssentials
import HL7Kit
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

/// Patients of the sample domain, and the messages a feed sends about them.
enum FeedBench {
    /// The domain of the sample patients.
    static let authority = "2.999.1"

    /// An id of the domain, in CX form.
    static func cx(_ id: String) -> String { "\(id)^^^&\(authority)&ISO" }

    /// An id of the domain.
    static func patient(_ id: String) throws -> PatientID { try PatientID(parsing: cx(id)) }

    /// The domain with its rules.
    static func domain(
        _ authority: String = authority, admission: PatientDomain.Admission = .feed,
        bsnCheck: PatientDomain.BSNCheck = .off
    ) throws -> PatientDomain {
        PatientDomain(
            authority: try OID(parsing: authority), admission: admission, bsnCheck: bsnCheck,
            namespaces: ["REGIO": try OID(parsing: authority), "ZIS": try OID(parsing: "2.999.10.1")])
    }

    /// A message of the given type and segments.
    static func message(
        _ type: String, _ segments: String..., version: String = "2.3.1", sender: String = "2.999.3.7",
        controlID: String = "M1"
    ) throws -> HL7Message {
        let header = "MSH|^~\\&|\(sender)|Ziekenhuis|XDS|Regio|20261126120000||\(type)|\(controlID)|P|\(version)"
        return try HL7Message(parsing: Array(([header] + segments).map { $0 + "\r" }.joined().utf8))
    }

    /// A caller with every right, or without those named.
    static func caller(without rights: Set<String> = []) -> Caller {
        Caller(
            requestID: "request", organisation: "ziekenhuis", mayCall: { !rights.contains($0) },
            maySubmitAs: { _ in true }, mayChange: { _ in true })
    }
}

extension RegistryBench {
    /// The feed of a domain.
    func feed(_ domain: PatientDomain? = nil) throws -> PatientIdentityFeed {
        PatientIdentityFeed(register: PatientRegister(client: client), domain: try domain ?? FeedBench.domain()) {
            _, id in
            RegistryError(.registryError, "failed; request \(id)")
        }
    }

    /// Answers a message of the feed.
    func answer(_ message: HL7Message, domain: PatientDomain? = nil) async throws -> HL7Acknowledgement {
        try await feed(domain).respond(to: message, caller: FeedBench.caller()).acknowledgement
    }

    /// The register of the bench.
    var patients: PatientRegister { PatientRegister(client: client) }

    /// Merges two ids of the sample domain.
    @discardableResult
    func merge(_ subsumed: String, into survivor: String) async throws -> Int {
        try await patients.merge(
            [
                PatientMerge(
                    survivor: try PatientID(parsing: survivor), subsumed: try PatientID(parsing: subsumed))
            ], origin: .administration)
    }
}
