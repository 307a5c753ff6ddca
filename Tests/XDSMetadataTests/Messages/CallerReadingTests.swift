import Synchronization
import Testing

@testable import XDSMetadata

@Suite("Habits of senders: understood and counted, or refused")
struct CallerReadingTests {
    private func caller(
        _ reading: Caller.Reading, notice: @escaping @Sendable (TransactionID, Set<Deviation>) -> Void = { _, _ in }
    ) -> Caller {
        Caller(
            requestID: "r", organisation: "huisarts", mayCall: { _ in true }, maySubmitAs: { _ in true },
            mayChange: { _ in true }, reading: reading, notice: notice)
    }

    @Test("lenient: no error, and every habit is told once with its transaction")
    func counts() {
        let noticed = Mutex<[(TransactionID, Set<Deviation>)]>([])
        let caller = caller(.lenient) { transaction, deviations in
            noticed.withLock { $0.append((transaction, deviations)) }
        }
        #expect(caller.refusals(of: [.strayWhitespace, .quotedDTM], in: .registryStoredQuery) == [])
        #expect(caller.refusals(of: [], in: .registerDocumentSet) == [])
        let told = noticed.withLock { $0 }
        #expect(told.count == 1)
        #expect(told.first?.0 == .registryStoredQuery)
        #expect(told.first?.1 == [.strayWhitespace, .quotedDTM])
    }

    @Test(
        "strict: each habit is an error of the transaction's code that says what is wrong and what would be right",
        arguments: [
            (TransactionID.registerDocumentSet, RegistryErrorCode.metadata, "XDSRegistry/Submission"),
            (.registerOnDemandDocumentEntry, .metadata, "XDSRegistry/Submission"),
            (.updateDocumentSet, .metadata, "XDSRegistry/Submission"),
            (.provideAndRegisterDocumentSet, .repositoryMetadata, "XDSRepository/Submission"),
            (.registryStoredQuery, .registryError, "XDSRegistry/AdhocQuery"),
        ])
    func refuses(_ transaction: TransactionID, _ code: RegistryErrorCode, _ location: String) {
        let caller = caller(.strict) { _, _ in Issue.record("a refused habit is not counted") }
        let errors = caller.refusals(of: [.quotedDTM, .strayWhitespace], in: transaction)
        #expect(errors.map(\.code) == [code, code])
        #expect(errors.allSatisfy { $0.location == location && $0.severity == .error })
        #expect(errors[0].context.hasPrefix(Deviation.strayWhitespace.habit))
        #expect(errors[0].context.hasSuffix(Deviation.strayWhitespace.remedy))
        #expect(errors[1].context.contains("without quotes"))
    }

    @Test("every habit has its own words for what it is and what would be right")
    func explains() {
        #expect(Set(Deviation.allCases.map(\.habit)).count == Deviation.allCases.count)
        #expect(Set(Deviation.allCases.map(\.remedy)).count == Deviation.allCases.count)
    }
}
