public import AccessControl
public import ArgumentParser
import AuditTrail
import Foundation
import XDSMetadata

/// `xds-gateway consent ...`: what patients decided about the exchange of their documents.
struct ConsentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "Record and show what patients decided about the exchange of their documents.",
        subcommands: [Set.self, Show.self, History.self])

    /// `consent set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a decision.",
            discussion: """
                Without --kind it is about every organisation; a decision for a kind goes before it. "none" takes a \
                decision back, so that the region's default (access.consent) holds again. It takes effect with the next \
                query, on every node.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Patient id, as 'id^^^&OID&ISO'.") var patient: String
        @Argument(help: "given, withdrawn or none.") var decision: ConsentDecision.Outcome
        @Option(help: ArgumentHelp("Kind of organisation, as V4; may be repeated.", valueName: "code"))
        var kind: [String] = []
        @Option(help: ArgumentHelp("Day of the decision, YYYY-MM-DD (default: today).", valueName: "date"))
        var date: String?
        @Option(help: "Where the patient decided: a desk, a form, a portal.") var source: String

        func run() async throws {
            let patientID = try PatientID(argument: patient)
            let day = try date.map { try Day.parse($0) } ?? Date.now
            let audiences: [ConsentDecision.Audience] = kind.isEmpty ? [.everyone] : kind.map { .kind($0) }
            let (decision, source) = (decision, source)
            try await options.administering { client, record in
                let decisions = audiences.map {
                    ConsentDecision(
                        patientID: patientID.cx, audience: $0, outcome: decision, decidedOn: day, source: source)
                }
                try await ConsentRegister(client: client, record: record.writeConsent).set(
                    decisions, recordedBy: AuditEvent.Person.operatingSystemUser.id)
            }
            Console.say(
                "consent of \(patientID.cx): \(decision.rawValue) for \(audiences.map(\.words).joined(separator: ", "))"
            )
        }
    }

    /// `consent show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what holds for a patient now.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Patient id, as 'id^^^&OID&ISO'.") var patient: String

        func run() async throws {
            let patientID = try PatientID(argument: patient)
            let policy = try await options.load().access.consent
            let decisions = try await options.administering { client, record in
                try await record.recordReading("consent show", of: patientID.cx, on: client)
                return try await ConsentRegister(client: client).current(of: patientID.cx)
            }
            Console.say("region's default  \(policy.words)")
            guard !decisions.isEmpty else { return Console.say("the patient decided nothing") }
            Console.table(
                ["for", "decision", "date", "source"],
                decisions.map { [$0.audience.words, $0.outcome.rawValue, Day.text($0.decidedOn), $0.source] })
        }
    }

    /// `consent history`.
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show every decision there ever was, oldest first.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Patient id, as 'id^^^&OID&ISO'.") var patient: String

        func run() async throws {
            let patientID = try PatientID(argument: patient)
            let events = try await options.administering { client, record in
                try await record.recordReading("consent history", of: patientID.cx, on: client)
                return try await ConsentRegister(client: client).history(of: patientID.cx)
            }
            Console.table(
                ["recorded", "by", "for", "decision", "date", "source"],
                events.map { event in
                    [
                        event.recordedAt.formatted(.iso8601), event.recordedBy, event.decision.audience.words,
                        event.decision.outcome.rawValue, Day.text(event.decision.decidedOn), event.decision.source,
                    ]
                })
        }
    }
}

extension ConsentDecision.Outcome: ExpressibleByArgument {}

extension ConsentDecision.Audience {
    /// As an administrator reads it.
    fileprivate var words: String {
        switch self {
        case .everyone: "every organisation"
        case .kind(let code): "kind \(code)"
        }
    }
}

extension AccessScope.Consent {
    /// As an administrator reads it.
    var words: String {
        switch self {
        case .optIn: "opt-in: hidden until the patient agrees"
        case .optOut: "opt-out: shown until the patient objects"
        case .off: "off: consent is not looked at"
        }
    }
}

extension PatientID {
    /// A patient id that was typed.
    init(argument: String) throws(ValidationError) {
        do {
            try self.init(parsing: argument)
        } catch {
            throw ValidationError("the patient id \(error.reason); give it as 'id^^^&OID&ISO'")
        }
    }
}

/// Days as they are typed and shown: ISO 8601, UTC.
enum Day {
    private static let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()

    static func parse(_ text: String) throws -> Date {
        do {
            return try Date(text, strategy: style)
        } catch {
            throw ValidationError("\(text) is no date; give it as YYYY-MM-DD")
        }
    }

    static func text(_ date: Date) -> String { date.formatted(style) }
}
