import SOAPKit
import Testing
import XDSMetadata

@testable import Gateway

@Suite("Rights by transaction")
struct RestrictedOperationTests {
    @Test(
        "an organisation has the right to a transaction or not: ITI-18 does not bring ITI-51",
        arguments: [
            (["ITI-18"], TransactionID.registryStoredQuery, true), (["ITI-18"], .multiPatientStoredQuery, false),
            (["ITI-51"], .multiPatientStoredQuery, true), (["ITI-51"], .registryStoredQuery, false),
        ])
    func admits(_ rights: [String], _ transaction: TransactionID, _ isAdmitted: Bool) {
        let operation = SOAPOperation<Caller, Never>(
            action: transaction.requestAction, replyAction: transaction.responseAction, packaging: .simple,
            bodyElement: AdhocQueryRequest.element,
            handle: { _, _ in SOAPReply(body: [], outcome: "") }
        ).restricted()
        let caller = Caller(
            requestID: "request", organisation: "huisarts", mayCall: { rights.contains($0) },
            maySubmitAs: { _ in false }, mayChange: { _ in false })
        if isAdmitted {
            #expect(throws: Never.self) { try operation.admit(caller) }
        } else {
            #expect(throws: SOAPFault.self) { try operation.admit(caller) }
        }
    }
}
