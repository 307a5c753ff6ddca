import Benchmark
import FoundationEssentials
import NIOCore
import SOAPKit
import XDSMetadata
import XDSTesting
import XMLKit

/// What a request costs outside the database and the network, step by step.
let benchmarks: @Sendable () -> Void = {
    // Counts tell more than times on a shared machine: of the same binary they are nearly the same in every run.
    let counted = Benchmark.Configuration(
        metrics: [.instructions, .cpuTotal, .wallClock], warmupIterations: 20, scalingFactor: .one,
        maxDuration: .seconds(2), maxIterations: 2_000)

    Benchmark("parse: envelope of FindDocuments", configuration: counted) { benchmark in
        let body = SampleMessage.query(.findDocuments()).body
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try envelope(body)) }
    }

    Benchmark("decode: FindDocuments", configuration: counted) { benchmark in
        let payload = try envelope(SampleMessage.query(.findDocuments()).body).body
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            let request = try AdhocQueryRequest(decoding: payload)
            blackHole(try StoredQuery.decode(request.query))
        }
    }

    Benchmark("parse: envelope of ITI-42, nine entries", configuration: counted) { benchmark in
        let body = SampleMessage.register(SampleMetadata.submission(documents: 9).completed()).body
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try envelope(body)) }
    }

    Benchmark("decode: ITI-42, nine entries", configuration: counted) { benchmark in
        let message = SampleMessage.register(SampleMetadata.submission(documents: 9).completed())
        let payload = try envelope(message.body).body
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try RegisterDocumentSetRequest(decoding: payload)) }
    }

    Benchmark("validate: a submission of nine entries, with its fragments", configuration: counted) { benchmark in
        let submission = SampleMetadata.submission(documents: 9).completed().unverified
        let validator = SubmissionValidator(.registerDocumentSet)
        var state = RegistryState()
        state.patients[try SampleMetadata.patient()] = .active
        let time = DTM(secondsSinceEpoch: 1_772_617_530)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try validator.validate(submission, against: state, at: time)) }
    }

    Benchmark("splice: LeafClass answer of ten fragments", configuration: counted) { benchmark in
        let fragment = ByteBuffer(repeating: UInt8(ascii: "x"), count: 6_100)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var content = ByteBufferAllocator().buffer(capacity: 61_000)
            for _ in 0..<10 { content.writeImmutableBuffer(fragment) }
            blackHole(AdhocQueryResponse.success([content]))
        }
    }

    Benchmark("splice: ObjectRef answer of ten ids", configuration: counted) { benchmark in
        let ids = (0..<10).map { _ in UUID() }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            blackHole(AdhocQueryResponse.success([AdhocQueryResponse.objectRefs(ids)]))
        }
    }

    Benchmark("MIME: a package with a document of 1 MB in reads of 64 kB", configuration: counted) { benchmark in
        let chunks = package(documentBytes: 1_000_000, chunk: 65_536)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var machine = try MultipartReaderStateMachine(boundary: boundary)
            for chunk in chunks {
                machine.receive(chunk)
                while let event = try machine.next() { blackHole(event) }
            }
        }
    }
}

private let boundary = "uuid:5fe1bd3d-8a2c-4c4b-9f00-1c2b3a495867"

private func envelope(_ body: ByteBuffer) throws -> SOAPEnvelope {
    var parser = try XMLDocumentParser()
    try parser.parse(body)
    return try SOAPEnvelope.decode(parser.finish())
}

/// A MIME package as it comes from the network.
private func package(documentBytes: Int, chunk: Int) -> [ByteBuffer] {
    var body = ByteBuffer(string: "--\(boundary)\r\nContent-ID: <root@bench>\r\n\r\n<a/>\r\n")
    body.writeString("--\(boundary)\r\nContent-ID: <document@bench>\r\nContent-Transfer-Encoding: binary\r\n\r\n")
    body.writeBytes((0..<documentBytes).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
    body.writeString("\r\n--\(boundary)--\r\n")
    var chunks: [ByteBuffer] = []
    while let slice = body.readSlice(length: min(chunk, body.readableBytes)), slice.readableBytes > 0 {
        chunks.append(slice)
    }
    return chunks
}
