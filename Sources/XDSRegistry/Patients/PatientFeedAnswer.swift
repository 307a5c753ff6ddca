public import HL7Kit
public import XDSMetadata

/// The answer to an HL7 v2 message of the feed, and what is to be told of it in log and metrics.
public struct PatientFeedAnswer: Sendable {
    /// How it ended, in the words of the metrics.
    public enum Outcome: String, Sendable {
        /// AA.
        case success = "Success"
        /// AE: the content is wrong.
        case failure = "Failure"
        /// AR: the organisation has not the right.
        case refused
        /// AR: the message is none that is taken, or the registry failed.
        case fault
    }

    /// What goes back.
    public let acknowledgement: HL7Acknowledgement
    /// The transaction; nil where the message is none of the feed.
    public let transaction: TransactionID?
    /// How it ended.
    public let outcome: Outcome

    /// An answer whose outcome its MSA-1 tells.
    init(_ acknowledgement: HL7Acknowledgement, transaction: TransactionID?) {
        self.acknowledgement = acknowledgement
        self.transaction = transaction
        outcome =
            switch acknowledgement.code {
            case .accept: .success
            case .error: .failure
            case .reject: .fault
            }
    }

    /// AR for the lack of a right.
    init(refusing transaction: TransactionID, to organisation: String) {
        acknowledgement = .rejected(
            HL7Problem(
                .internalError, nil,
                "organisation \(organisation) may not call \(transaction.rawValue); ask the region's administrator"))
        self.transaction = transaction
        outcome = .refused
    }
}
