/// When the commit of a transaction is on disk.
public enum CommitDurability: Sendable, Hashable {
    /// When the commit returns.
    case immediate
    /// With the next commit on the same server that is ``immediate``, or shortly after the commit by itself: the log of the server is one
    /// sequence, and what is flushed is flushed with all that came before it.
    ///
    /// Only for whoever makes such a commit before anybody is told, and has it depend on what was committed here: a server that
    /// crashed in between has forgotten it.
    case withNextCommit

    /// What is set in the transaction.
    var settings: [PostgresQuery] {
        switch self {
        case .immediate: []
        case .withNextCommit: ["set local synchronous_commit to off"]
        }
    }
}
