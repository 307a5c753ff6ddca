import SOAPKit
import XDSMetadata

extension SOAPOperation where Context == Caller {
    /// The same operation, for callers only that may call its transaction; others get HTTP 403 and a fault that says so.
    func restricted() -> Self {
        let transaction = TransactionID(action: action)
        return SOAPOperation(
            action: action, replyAction: replyAction, packaging: packaging, bodyElement: bodyElement, handle: handle,
            admit: { caller throws(SOAPFault) in
                guard let transaction, caller.mayCall(transaction.rawValue) else {
                    throw SOAPFault.sender(
                        "Organisation \(caller.organisation) may not call this transaction; "
                            + "ask the region's administrator.",
                        httpStatus: 403)
                }
            })
    }
}
