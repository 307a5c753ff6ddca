import AccessControl
import ArgumentParser
import Foundation
import PostgresKit
import XDSMetadata

/// `xds-gateway organisation deviations`.
struct OrganisationDeviationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deviations",
        abstract: "Tell what the messages of organisations do against the standard, and what would be right.",
        discussion: """
            Counts messages that were understood all the same; they are written every few seconds. The words can be \
            sent to the partner. To refuse such messages: xds-gateway organisation add IDENTIFIER --reading strict.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Identifier or URA; without it, of all organisations.") var identifier: String?

    func run() async throws {
        let identifier = identifier
        let entries = try await options.withDatabase { client -> [DeviationLedger.Entry] in
            var name: String?
            if let identifier {
                name = try await client.organisations.entry(identifier).organisation.identifier
            }
            return try await DeviationLedger(client: client, logger: ConfigurationOptions.logger).entries(of: name)
        }
        if entries.isEmpty { Console.say("no deviations were noticed") }
        for entry in entries { Self.tell(entry) }
    }

    private static func tell(_ entry: DeviationLedger.Entry) {
        let count = entry.messages == 1 ? "1 message" : "\(entry.messages) messages"
        let (first, last) = (entry.firstSeen.formatted(.iso8601), entry.lastSeen.formatted(.iso8601))
        Console.say(
            "\(entry.organisation)  \(entry.transaction)  \(entry.deviation): \(count), \(first) to \(last)")
        // A habit that this version does not know any more has no words.
        guard let deviation = Deviation(rawValue: entry.deviation) else { return }
        Console.say("  noticed  \(deviation.habit)")
        Console.say("  right    \(deviation.remedy)")
    }
}
