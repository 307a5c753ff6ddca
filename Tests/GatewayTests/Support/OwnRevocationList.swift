import Foundation
import XDSTesting

@testable import Gateway

/// A revocation list of the demo's authority, that one test alone changes.
struct OwnRevocationList: Sendable {
    private let folder: String

    /// PEM: the list.
    var file: String { folder + "/crl.pem" }

    /// The list as it is in the demo, beside a copy of its authority.
    init() async throws {
        folder = NSTemporaryDirectory() + "xds-list-" + UUID().uuidString.lowercased()
        try FileManager.default.copyItem(atPath: try await TestSurroundings.pki(), toPath: folder)
    }

    /// Puts certificates on the list, by the names of their files.
    func revoke(_ names: [String]) async throws {
        let authority = "openssl ca -batch -config .ca/openssl.cnf"
        let steps =
            names.map { "\(authority) -revoke \($0).pem -crl_reason keyCompromise" }
            + ["\(authority) -gencrl -crldays 5 -out new.pem", "mv new.pem crl.pem"]
        let command = (["cd '\(folder)'"] + steps).joined(separator: " && ")
        let result = try await GatewayProcess.run("/bin/sh", ["-c", command])
        guard result.status == 0 else { throw TestFailure("openssl ca: \(result.errorOutput)") }
    }

    func remove() {
        // What cannot be removed lies in the system's temporary folder, which is cleaned anyway.
        try? FileManager.default.removeItem(atPath: folder)
    }
}
