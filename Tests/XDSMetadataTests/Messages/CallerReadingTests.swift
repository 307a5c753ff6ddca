import Synchronization
import Testing
import XDSTesting

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

    @Test(
        "strict: the error of a submission names the object and the attribute in which the habit was noticed first",
        arguments: places)
    func locates(_ place: Place) throws {
        var sample = SampleMetadata.submission(documents: 2, folders: 1).completed()
        place.change(&sample)
        let request = try RegisterDocumentSetRequest(decoding: element(sample.registerRequest()))
        #expect(request.submission.deviations == [place.deviation])
        let errors = caller(.strict).refusals(of: request.submission, in: .registerDocumentSet)
        #expect(errors.map(\.location) == ["XDSRegistry/" + place.location])
        #expect(errors.first?.context.contains(place.deviation.habit) == true)
    }

    /// A habit and where it is.
    struct Place: Sendable, CustomTestStringConvertible {
        let deviation: Deviation
        let location: String
        let change: @Sendable (inout SampleSubmission) -> Void

        var testDescription: String { "\(deviation) at \(location)" }

        init(_ deviation: Deviation, _ location: String, _ change: @escaping @Sendable (inout SampleSubmission) -> Void)
        {
            self.deviation = deviation
            self.location = location
            self.change = change
        }
    }

    static let places: [Place] = [
        Place(.strayWhitespace, "DocumentEntry[Document02]/classCode") { sample in
            sample.objects.extrinsicObjects[1].object.classifications[1].nodeRepresentation = " REPORTS"
        },
        Place(.strayWhitespace, "DocumentEntry[Document01]/creationTime") { sample in
            for index in 0..<2 {
                sample.objects.extrinsicObjects[index].object.setSlot(SlotName.creationTime, ["20250304 "])
            }
        },
        Place(.strayWhitespace, "SubmissionSet[SubmissionSet01]/author") { sample in
            sample.submissionSet.object.classifications[2].object.setSlot(SlotName.authorRole, ["arts "])
        },
        Place(.identifierName, "Folder[Folder01]/uniqueId") { sample in
            sample.folder.object.externalIdentifiers[1].object.name = InternationalString("XDSFolder.id")
        },
        Place(.missingObjectType, "Association[as2]") { sample in
            sample.objects.associations[1].object.objectType = nil
        },
        Place(.unknownSlot, "DocumentEntry[Document01]/zaak") { sample in
            sample.documentEntry.object.setSlot("zaak", ["1"])
        },
    ]

    @Test("every habit has its own words for what it is and what would be right")
    func explains() {
        #expect(Set(Deviation.allCases.map(\.habit)).count == Deviation.allCases.count)
        #expect(Set(Deviation.allCases.map(\.remedy)).count == Deviation.allCases.count)
    }
}
