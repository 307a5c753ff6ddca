import AccessControl
import ArgumentParser
import Foundation

/// `xds-gateway organisation handshakes`: what happened at the front door lately.
struct OrganisationHandshakesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handshakes",
        abstract: "Show the latest handshake of every address, or all that is known of one.",
        discussion: "Daemons write what happened within some seconds. For who asks why a partner cannot connect.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Address of the peer, without its port.") var address: String?
    @Option(help: "How many addresses at most.") var limit = 50

    func run() async throws {
        let (address, limit) = (address, max(1, limit))
        let tallies = try await options.withDatabase { client in
            try await HandshakeRegister(client: client).latest(address: address, count: limit)
        }
        guard let address else {
            return Console.table(
                ["address", "last", "accepted", "failed", "latest"], tallies.map(\.row))
        }
        guard let tally = tallies.first else {
            throw ValidationError("nothing is known of \(address); its connections do not reach this gateway")
        }
        tally.lines.forEach { Console.say($0) }
    }
}

extension HandshakeRegister.Tally {
    /// A line of the table.
    fileprivate var row: [String] {
        let failedLast = failure.map { $0.at >= acceptance?.at ?? .distantPast } ?? false
        return [
            address, lastAt.formatted(.iso8601), String(accepted), String(failed),
            failedLast ? "\(failure?.reason ?? "")" : "accepted: \(acceptance?.certificate ?? "")",
        ]
    }

    /// All that is known.
    fileprivate var lines: [String] {
        var lines = ["address   \(address)", "accepted  \(accepted)"]
        if let acceptance {
            lines += ["  last    \(acceptance.at.formatted(.iso8601))", "  as      \(acceptance.certificate)"]
        }
        lines.append("failed    \(failed)")
        if let failure {
            lines += [
                "  last    \(failure.at.formatted(.iso8601))", "  reason  \(failure.reason)",
                "  \(failure.explanation)",
            ]
        }
        return lines
    }
}
