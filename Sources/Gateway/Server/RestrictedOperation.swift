import SOAPKit
import XDSMetadata

extension SOAPOperation where Context == Caller {
    /// The same operation, for callers only that may call its transaction; others get HTTP 403 and a fault that says so.
    func restricted() -> Self {
        var restricted = self
        let inner = handle
        let action = action
        restricted.handle = { request, caller in
            guard let transaction = TransactionID(action: action), caller.mayCall(transaction.rawValue) else {
                throw SOAPFault.forbidden(
                    "organisation \(caller.organisation) may not call this transaction; ask the region's administrator")
            }
            return try await inner(request, caller)
        }
        return restricted
    }
}
