import AccessControl
import ArgumentParser
import Foundation
import XDSMetadata

/// `xds-gateway organisation import`: the first load of a region.
struct OrganisationImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add the organisations of a CSV file: all of them, or none.",
        discussion: """
            The first line names the columns, in any order: \
            \(OrganisationColumn.allCases.map(\.rawValue).joined(separator: ", ")). Only identifier is needed in the file, \
            and a name for a new organisation. Lists inside a cell are separated by spaces. An empty cell keeps what is \
            there; a cell with - alone drops a ura, kind, contact, homeCommunityId or limit; any lifts the limit on \
            sourceIds, confidentialityCodes or classCodes. When anything is wrong, every wrong line is named and nothing is changed.
            """)

    /// Bytes of a file at most.
    private static let maximumBytes = 16 * 1024 * 1024

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: ArgumentHelp("CSV file in UTF-8, with commas or semicolons.", valueName: "file")) var file: String
    @Flag(help: "Check the file and tell what it would do; change nothing.") var dryRun = false

    func run() async throws {
        let url = URL(fileURLWithPath: file)
        guard let bytes = try? Data(contentsOf: url, options: .mappedIfSafe), bytes.count <= Self.maximumBytes else {
            throw ValidationError("\(file) cannot be read, or is larger than \(Self.maximumBytes) bytes")
        }
        let folder = url.deletingLastPathComponent().path
        let transactions = OrganisationImport.Transactions(
            served: Set(TransactionID.served.map(\.rawValue)), ordinary: Set(TransactionID.ordinary.map(\.rawValue)))
        let (content, dryRun) = ([UInt8](bytes), dryRun)
        let changes = try await options.administering { client, record in
            let register = client.organisations(recordedBy: record)
            let plan = try OrganisationImport(
                parsing: content, folder: folder, registered: try await register.all(), transactions: transactions)
            if !dryRun { try await register.put(plan) }
            return plan.changes
        }
        for change in changes {
            let verb = change.isKnown ? "changed" : "added"
            Console.say(
                "\(dryRun ? "would be \(verb)" : verb): \(change.identifier), \(change.certificates) certificate(s)")
        }
        Console.say("\(changes.count) organisation(s)" + (dryRun ? "; nothing was changed" : ""))
    }
}
