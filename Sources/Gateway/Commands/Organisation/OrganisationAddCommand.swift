import AccessControl
import ArgumentParser
import Foundation
import Trust
import XDSMetadata

/// `xds-gateway organisation add`.
struct OrganisationAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add an organisation, or change the one with the same identifier.",
        discussion: """
            The certificate of a connection leads to the organisation by its public key (--certificate), or by the \
            URA that a UZI server certificate carries (--ura). A running daemon sees the change within a second. \
            An organisation that is suspended stays so, and what is not given stays as it is.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Short name: lower-case letters, digits, hyphens. Stands in logs and metrics.")
    var identifier: String
    @Option(help: "Full name; needed for a new organisation.") var name: String?
    @Option(help: "Number in the register of care organisations, 8 digits.") var ura: String?
    @Option(
        help: ArgumentHelp("PEM file with a certificate of the organisation; may be repeated.", valueName: "file"))
    var certificate: [String] = []
    @Option(
        help: ArgumentHelp(
            "Transactions it may call, as ITI-18,ITI-43, or all (new organisation: those to submit, find and retrieve).",
            valueName: "list")
    )
    var transactions: String?
    @Option(
        name: .customLong("source-id"),
        help: "sourceId it may submit under, or the word any; may be repeated (new organisation: any).")
    var sourceIDs: [String] = []
    @Option(
        help: ArgumentHelp(
            "strict refuses what departs from the standard, lenient understands and counts it (new organisation: lenient).",
            valueName: "lenient|strict"))
    var reading: Organisation.Reading?
    @Option(
        name: .customLong("updates"),
        help: ArgumentHelp(
            "Whose objects it may update and remove, given the transaction: its own or any (new organisation: own).",
            valueName: "own|any"))
    var updateScope: Organisation.UpdateScope?
    @Option(help: "Whom to call.") var contact: String?
    @Option(help: ArgumentHelp("Care provider type code, as V4 or Z3.", valueName: "code")) var kind: String?
    @Option(help: ArgumentHelp("Its homeCommunityId, when it is not ours.", valueName: "urn:oid:..."))
    var homeCommunity: String?
    @Option(
        help: ArgumentHelp("Drop what is registered; may be repeated.", valueName: "ura|kind|contact|home-community"))
    var clear: [Clearable] = []
    @OptionGroup(title: "Documents of others it may see; without them any, where the patient's consent allows it")
    var visibility: OrganisationVisibilityOptions
    @OptionGroup(title: "Limits; without them those of the configuration") var limits: OrganisationLimitOptions

    /// What an organisation may be without.
    enum Clearable: String, ExpressibleByArgument, CaseIterable {
        case ura, kind, contact
        case homeCommunity = "home-community"
    }

    func validate() throws {
        let given = [(Clearable.ura, ura), (.kind, kind), (.contact, contact), (.homeCommunity, homeCommunity)]
        for (field, value) in given where value != nil && clear.contains(field) {
            throw ValidationError("give --\(field.rawValue) or clear it, not both")
        }
        guard sourceIDs.count < 2 || !sourceIDs.contains("any") else {
            throw ValidationError("give --source-id any alone, or the sourceIds themselves")
        }
    }

    func run() async throws {
        let transactions = try allowedTransactions()
        let certificates = try certificate.map { try Certificate.read(pemFile: $0) }
        let command = self
        let status = try await options.administering { client, record in
            let register = client.organisations(recordedBy: record)
            let known = try await register.all().first { $0.organisation.identifier == command.identifier }
            let organisation = try command.organisation(like: known?.organisation, transactions: transactions)
            guard organisation.ura != nil || !certificates.isEmpty || known?.hasCertificates == true else {
                throw ValidationError(
                    "give --certificate or --ura; without either nobody could connect as \(command.identifier)")
            }
            return try await register.put(organisation, certificates: certificates)
        }
        Console.say("organisation \(identifier) registered, \(certificates.count) certificate(s)")
        if status == .suspended {
            Console.say("it stays suspended; to admit it: xds-gateway organisation resume \(identifier)")
        }
    }

    /// What is given, over what is there.
    private func organisation(like known: Organisation?, transactions: Set<String>?) throws -> Organisation {
        guard let name = name ?? known?.name else {
            throw ValidationError("give --name; there is no organisation \(identifier) yet")
        }
        return Organisation(
            identifier: identifier, name: name, ura: ura ?? kept(.ura, known?.ura),
            transactions: transactions ?? known?.transactions ?? Set(TransactionID.ordinary.map(\.rawValue)),
            sourceIDs: sourceIDs.isEmpty
                ? known?.sourceIDs ?? .any : sourceIDs == ["any"] ? .any : .only(Set(sourceIDs)),
            reading: reading ?? known?.reading ?? .lenient, updateScope: updateScope ?? known?.updateScope ?? .own,
            contact: contact ?? kept(.contact, known?.contact), kind: kind ?? kept(.kind, known?.kind),
            homeCommunityID: homeCommunity ?? kept(.homeCommunity, known?.homeCommunityID),
            limits: limits.over(known?.limits ?? .init()),
            visibility: visibility.over(known?.visibility ?? .init()))
    }

    private func kept(_ field: Clearable, _ value: String?) -> String? { clear.contains(field) ? nil : value }

    /// The transactions given; `nil` when none are.
    private func allowedTransactions() throws -> Set<String>? {
        let all = Set(TransactionID.served.map(\.rawValue))
        guard let transactions else { return nil }
        if transactions == "all" { return all }
        let wanted = Set(transactions.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        let unknown = wanted.subtracting(all).sorted()
        guard unknown.isEmpty else {
            throw ValidationError(
                "unknown transaction \(unknown.joined(separator: ", ")); there are \(all.sorted().joined(separator: ", "))"
            )
        }
        return wanted
    }
}

/// Which documents of others an organisation may see, on the command line.
struct OrganisationVisibilityOptions: ParsableArguments {
    @Option(
        name: .customLong("confidentiality-code"),
        help: ArgumentHelp(
            "It sees entries all of whose confidentialityCodes are given; may be repeated.",
            valueName: "code^^codingScheme"))
    var confidentialityCodes: [String] = []
    @Option(
        name: .customLong("class-code"),
        help: ArgumentHelp("It sees entries of this classCode; may be repeated.", valueName: "code^^codingScheme"))
    var classCodes: [String] = []
    @Flag(help: "Drop what was set for this organisation.") var anyCode = false

    /// What is given, over what is there.
    func over(_ known: Organisation.Visibility) -> Organisation.Visibility {
        let base = anyCode ? Organisation.Visibility() : known
        return Organisation.Visibility(
            confidentialityCodes: confidentialityCodes.isEmpty ? base.confidentialityCodes : Set(confidentialityCodes),
            classCodes: classCodes.isEmpty ? base.classCodes : Set(classCodes))
    }
}

/// What an organisation may use at once, on the command line.
struct OrganisationLimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Requests in work at once.", valueName: "count")) var maximumRequests: Int?
    @Option(help: ArgumentHelp("Bytes of messages being received at once.", valueName: "bytes")) var maximumBytes: Int?
    @Option(help: ArgumentHelp("Requests a second, on average.", valueName: "count")) var requestsPerSecond: Int?
    @Flag(help: "Drop what was set for this organisation alone.") var defaultLimits = false

    /// What is given, over what is there.
    func over(_ known: Organisation.Limits) -> Organisation.Limits {
        let base = defaultLimits ? Organisation.Limits() : known
        return Organisation.Limits(
            requests: maximumRequests ?? base.requests, bytes: maximumBytes ?? base.bytes,
            requestsPerSecond: requestsPerSecond ?? base.requestsPerSecond)
    }
}
