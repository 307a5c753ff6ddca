import SOAPKit
import XDSMetadata

/// Register On-Demand Document Entry.
///
/// - Source: ITI TF-2: 3.61. As Register Document Set-b, for entries whose document is made at each retrieval.
struct RegisterOnDemandDocumentEntryHandler: Sendable {
    let registry: DocumentRegistry

    /// The operation as the router offers it.
    var operation: SOAPOperation<Caller, Never> {
        SOAPOperation(
            action: TransactionID.registerOnDemandDocumentEntry.requestAction,
            replyAction: TransactionID.registerOnDemandDocumentEntry.responseAction, packaging: .simple,
            bodyElement: RegisterDocumentSetRequest.element,
            handle: { request, caller in
                try await registry.answer(request, as: .registerOnDemandDocumentEntry, caller: caller)
            })
    }
}
