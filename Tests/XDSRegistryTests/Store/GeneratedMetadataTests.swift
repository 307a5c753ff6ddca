import FoundationEssentials
import NIOCore
import SOAPKit
import Testing
import XDSMetadata
import XDSTesting
import XMLKit

@testable import XDSRegistry

@Suite("Random metadata")
struct GeneratedMetadataTests {
    /// A registry behind its router, as the gateway offers it.
    private struct Front {
        let bench: RegistryBench
        let router: SOAPRouter<Caller, NoAttachments>

        init(_ bench: RegistryBench) {
            self.bench = bench
            router = SOAPRouter(operations: bench.registry.operations, attachments: NoAttachments())
        }

        /// HTTP status and payload of the answer. An answer that is no XML is an error.
        func send(_ transaction: TransactionID, _ payload: ByteBuffer) async throws -> (status: Int, body: XMLElement) {
            let message = SampleMessage.simple(
                SampleEnvelope.make(action: transaction.requestAction, payload: payload))
            let body = AsyncStream<ByteBuffer> { stream in
                stream.yield(message.body)
                stream.finish()
            }
            let response = await router.respond(
                contentType: message.contentType, body: body, context: RegistryBench.caller, requestID: "request")
            var answer = ByteBuffer()
            try await response.write { answer.writeImmutableBuffer($0) }
            return (response.status, try SOAPEnvelope.decode(try XMLDocument(parsing: answer)).body)
        }

        /// The objects of a query's answer, as elements, each id once.
        func objects(_ queries: SampleQuery...) async throws -> [XMLElement] {
            var found: [String: XMLElement] = [:]
            for query in queries {
                let (status, body) = try await send(.registryStoredQuery, query.request())
                guard status == 200, let list = body.first(QualifiedName(XDSNamespace.rim, "RegistryObjectList")) else {
                    throw Unexpected(description: "HTTP \(status)")
                }
                for child in list.children { found[child.attribute("id") ?? ""] = child }
            }
            return Array(found.values)
        }
    }

    /// Each is a submission of its own.
    private static let seeds: ClosedRange<UInt64> = 1...60

    @Test("submitted by ITI-42 it comes back by ITI-18: the same models, the same XML but for what the registry sets")
    func comesBack() async throws {
        try await RegistryBench.with { bench in
            let front = Front(bench)
            for seed in Self.seeds {
                var generator = GeneratedMetadata(seed: seed)
                let sample = generator.submission()
                let (_, body) = try await front.send(.registerDocumentSet, sample.registerRequest())
                let response = try RegistryResponse(decoding: body)
                guard response.status == .success else {
                    Issue.record("seed \(seed): \(response.errors.map { "\($0.code.rawValue) \($0.context)" })")
                    continue
                }
                try await compare(sample, in: front, seed: seed)
            }
        }
    }

    private func compare(_ sample: SampleSubmission, in front: Front, seed: UInt64) async throws {
        let set = sample.submissionSet.object
        let uniqueId = set.identifiers(scheme: EbRIMVocabulary.Scheme.submissionSetUniqueId).first?.value ?? ""
        let contents = SampleQuery(
            id: StoredQueryID.getSubmissionSetAndContents.rawValue,
            parameters: [Slot(name: "$XDSSubmissionSetUniqueId", values: ["'\(uniqueId)'"])])
        let first = try await front.objects(contents)
        let ids = first.compactMap { $0.attribute("id") }.map { "'\($0)'" }
        // A list is cut into Values of its own, as the standard has it for long ones.
        let associations = SampleQuery(
            id: StoredQueryID.getAssociations.rawValue,
            parameters: [Slot(name: "$uuid", values: ids.map { "(\($0))" })])
        let stored = try await front.objects(contents, associations)
        let symbols = try symbols(of: sample, in: stored)

        let sent = try XMLDocument(parsing: sample.registerRequest()).root
        let list = try #require(sent.first(QualifiedName(XDSNamespace.rim, "RegistryObjectList")))
        let expected = Set(list.children.map { CanonicalObject($0, ids: symbols) })
        let found = Set(stored.map { CanonicalObject($0) })
        let difference = expected.symmetricDifference(found)
        let isSame = difference.isEmpty && found.count == stored.count
        #expect(isSame, "seed \(seed): \(difference.map { "\($0)" }.sorted().joined(separator: "\n"))")

        let entries = try models(of: sample.objects.extrinsicObjects, ids: symbols)
        let haveSameModels = try models(of: decoded(stored).extrinsicObjects) == entries
        #expect(haveSameModels, "seed \(seed)")
    }

    /// The ids the registry gave, by those of the message; objects are known by their uniqueIds.
    private func symbols(of sample: SampleSubmission, in stored: [XMLElement]) throws -> [String: String] {
        typealias Scheme = EbRIMVocabulary.Scheme
        let schemes = [Scheme.documentEntryUniqueId, Scheme.folderUniqueId, Scheme.submissionSetUniqueId]
        let uniqueId: (RegistryObject) -> String? = { object in
            schemes.compactMap { object.identifiers(scheme: $0).first?.value }.first
        }
        let found = try decoded(stored)
        let known = found.extrinsicObjects.map(\.object) + found.packages.map(\.object)
        let sent = sample.objects.extrinsicObjects.map(\.object) + sample.objects.packages.map(\.object)
        var symbols: [String: String] = [:]
        for object in sent {
            symbols[object.id ?? ""] = known.first { uniqueId($0) == uniqueId(object) }?.id
        }
        return symbols
    }

    private func decoded(_ elements: [XMLElement]) throws -> RegistryObjectList {
        var fragments = ByteBuffer()
        for element in elements { fragments.writeImmutableBuffer(element.serialized()) }
        return try RegistryBench.objects(in: fragments)
    }

    /// The models of entries by their ids, without what the registry sets.
    private func models(
        of entries: [ExtrinsicObject], ids: [String: String] = [:]
    ) throws -> [String: DocumentEntry] {
        var models: [String: DocumentEntry] = [:]
        for var entry in entries {
            let id = entry.object.id ?? ""
            entry.object.id = ids[id] ?? id
            entry.object.status = nil
            entry.object.lid = nil
            entry.object.versionInfo = nil
            let model = try #require(DocumentEntry.decode(entry).entry)
            models[entry.object.id ?? ""] = model
        }
        return models
    }

    @Test("one random change of a valid ITI-42: a RegistryResponse valid by the schema, or a fault; no failure inside")
    func answersChangedSubmissions() async throws {
        try await RegistryBench.with { bench in
            let front = Front(bench)
            for seed in 1...UInt64(400) {
                var generator = GeneratedMetadata(seed: seed % 20 + 1000)
                var mutation = GeneratedMutation(seed: seed)
                let text = mutation.apply(to: String(buffer: generator.submission().registerRequest()))
                try await expectAnswer(.registerDocumentSet, text, "RegistryResponse", front, seed: seed)
            }
        }
    }

    @Test(
        "one random change of a valid ITI-18: an AdhocQueryResponse valid by the schema, or a fault; no failure inside")
    func answersChangedQueries() async throws {
        try await RegistryBench.with { bench in
            let front = Front(bench)
            try await bench.accept(SampleMetadata.submission(documents: 2, folders: 1))
            for seed in 1...UInt64(400) {
                var random = SeededGenerator(seed: seed)
                var mutation = GeneratedMutation(seed: seed)
                let text = mutation.apply(to: String(buffer: Self.query(&random).request()))
                try await expectAnswer(.registryStoredQuery, text, "AdhocQueryResponse", front, seed: seed)
            }
        }
    }

    private func expectAnswer(
        _ transaction: TransactionID, _ text: String, _ payload: String, _ front: Front, seed: UInt64
    ) async throws {
        let (status, body) = try await front.send(transaction, ByteBuffer(string: text))
        guard status == 200 else {
            #expect(body.localName == "Fault", "seed \(seed): HTTP \(status)")
            return
        }
        #expect(body.localName == payload, "seed \(seed)")
        #expect(try SchemaSet.own.violations(body.serialized()) == [], "seed \(seed)")
        let list = body.first(QualifiedName(XDSNamespace.rs, "RegistryErrorList"))
        let contexts = list.map { $0.children.map { $0.attribute("codeContext") ?? "" } } ?? []
        // The bench tells of a failure inside by the request id alone.
        #expect(!contexts.contains("request"), "seed \(seed): a failure inside")
    }

    private static func query(_ random: inout SeededGenerator) -> SampleQuery {
        switch random.number(0...2) {
        case 0:
            SampleQuery.findDocuments()
                .with("$XDSDocumentEntryCreationTimeFrom", String(random.number(1900...2100)))
                .with("$XDSDocumentEntryAuthorPerson", "('%Vries%')")
                .with("$XDSDocumentEntryClassCode", "('REPORTS^^2.999.20.1','x^^1.2')")
        case 1: SampleQuery.getDocuments(uniqueIds: ["1.2.3", "urn:x"])
        default:
            SampleQuery(
                id: StoredQueryID.getSubmissionSetAndContents.rawValue,
                parameters: [
                    Slot(name: "$XDSSubmissionSetUniqueId", values: ["'1.2.3'"]),
                    Slot(name: "$XDSDocumentEntryFormatCode", values: ["('a^^1.2')"]),
                ])
        }
    }
}
