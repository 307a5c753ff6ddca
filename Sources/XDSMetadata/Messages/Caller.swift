/// On whose behalf a transaction runs, as the actors need to know it.
///
/// The front door makes it from the verified certificate; the registry and the repository ask it what it may do. A class, because
/// everything a request goes through holds it.
public final class Caller: Sendable {
    /// Identifies the request in logs, faults and error contexts.
    public let requestID: String
    /// Identifier of the organisation whose certificate opened the connection.
    public let organisation: String
    /// Whether the organisation may call a transaction (`ITI-18`).
    public let mayCall: @Sendable (String) -> Bool
    /// Whether the organisation may submit under a `SubmissionSet.sourceId`.
    public let maySubmitAs: @Sendable (String) -> Bool
    /// Whether the organisation may update or remove what another one submitted, given the identifier of that one;
    /// an organisation may always change what it submitted itself.
    public let mayChange: @Sendable (String) -> Bool
    /// What the organisation may see.
    public let access: AccessScope
    /// Whether habits that depart from the standard are refused, or understood and counted.
    public let reading: Reading
    /// Takes the habits that were noticed in a message of a transaction and understood all the same; returns at once.
    public let notice: @Sendable (TransactionID, Set<Deviation>) -> Void
    /// Waits until it is the organisation's turn to have a transaction worked on; throws the answer when that took too long.
    public let takeTurn: @Sendable (TransactionID) async throws -> Void
    /// Exchanges a turn of work that shares database connections for one of work that has one for itself, and waits for it; throws the
    /// answer when that took too long.
    public let takeTurnForConnection: @Sendable () async throws -> Void
    /// Told when the transaction was worked on and its answer is known.
    public let endWork: @Sendable () -> Void
    /// Takes what the transaction turns out to be about, for the audit trail.
    public let facts: TransactionFacts

    /// How messages of an organisation are read.
    public enum Reading: Sendable {
        /// Known habits of senders are understood, counted and reported to the administrator.
        case lenient
        /// Each ``Deviation`` is an error.
        case strict
    }

    /// A caller with these rights.
    /// - Parameter access: everything if it is left out.
    public init(
        requestID: String, organisation: String,
        mayCall: @escaping @Sendable (String) -> Bool, maySubmitAs: @escaping @Sendable (String) -> Bool,
        mayChange: @escaping @Sendable (String) -> Bool, access: AccessScope? = nil, reading: Reading = .lenient,
        notice: @escaping @Sendable (TransactionID, Set<Deviation>) -> Void = { _, _ in },
        takeTurn: @escaping @Sendable (TransactionID) async throws -> Void = { _ in },
        takeTurnForConnection: @escaping @Sendable () async throws -> Void = {},
        endWork: @escaping @Sendable () -> Void = {},
        facts: TransactionFacts = TransactionFacts()
    ) {
        self.requestID = requestID
        self.organisation = organisation
        self.mayCall = mayCall
        self.maySubmitAs = maySubmitAs
        self.mayChange = mayChange
        self.access = access ?? AccessScope(organisation: organisation)
        self.reading = reading
        self.notice = notice
        self.takeTurn = takeTurn
        self.takeTurnForConnection = takeTurnForConnection
        self.endWork = endWork
        self.facts = facts
    }
}
