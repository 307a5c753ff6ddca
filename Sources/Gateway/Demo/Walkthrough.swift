import Foundation
import NIOCore

/// The main job in front of the reader: documents submitted, found, retrieved and compared, and who is kept out.
struct Walkthrough: Sendable {
    let address: String
    /// Port of the HL7 v2 door; nil where there is none.
    let mllpPort: Int?
    let pki: String
    let documents: [DemoDocument]
    let messages: DemoMessages
    let unknownPatient: String

    /// Goes through all steps against the running daemon.
    /// - Returns: the statements that turned out false.
    func run() async throws -> [String] {
        var transcript = Transcript()
        try await submit(&transcript)
        try await query(&transcript)
        try await retrieve(&transcript)
        try await feedPatients(&transcript)
        try await explainErrors(&transcript)
        try await keepOut(&transcript)
        return transcript.failures
    }

    private func submit(_ transcript: inout Transcript) async throws {
        transcript.heading("The hospital submits documents (ITI-41, MTOM over mutual TLS)")
        let submissions: [(certificate: String, documents: ArraySlice<DemoDocument>)] = [
            ("hospital", documents[0...1]), ("gp", documents[2...2]), ("hospital", documents[3...3]),
        ]
        for (number, submission) in submissions.enumerated() {
            let size = submission.documents.reduce(0) { $0 + $1.bytes.readableBytes }
            let package = messages.provideAndRegister(Array(submission.documents), submission: number)
            let (answer, time) = try await timed {
                try await DemoClient.with(pki: pki, certificate: submission.certificate, address: address) {
                    try await $0.post("/xds/repository", package: package)
                }
            }
            let titles = submission.documents.map(\.title).joined(separator: " + ")
            transcript.check(
                answer.status == 200 && answer.text.contains("ResponseStatusType:Success"),
                "\(submission.certificate): \(titles) (\(Self.size(size))) registered in \(time)")
            if answer.status != 200 || !answer.text.contains(":Success") { transcript.note(answer.text) }
        }
    }

    private func query(_ transcript: inout Transcript) async throws {
        transcript.heading("The GP finds them (ITI-18)")
        try await DemoClient.with(pki: pki, certificate: "gp", address: address) { client in
            _ = try await client.post("/xds/registry", soap: messages.findDocuments(returnType: "ObjectRef"))
            for returnType in ["ObjectRef", "LeafClass"] {
                let (answer, time) = try await timed {
                    try await client.post("/xds/registry", soap: messages.findDocuments(returnType: returnType))
                }
                let element = returnType == "ObjectRef" ? "<rim:ObjectRef " : "<rim:ExtrinsicObject "
                let count = answer.text.components(separatedBy: element).count - 1
                transcript.check(
                    answer.status == 200 && count >= documents.count,
                    "FindDocuments \(returnType): \(count) documents of the patient, \(Self.size(answer.body.readableBytes)) in \(time)"
                )
            }
            let answer = try await client.post(
                "/xds/registry", soap: messages.getDocuments(uniqueIDs: documents.map(\.uniqueID)))
            for document in documents {
                transcript.check(
                    answer.text.contains(DemoMessages.escaped(document.title))
                        && answer.text.contains(document.uniqueID),
                    "GetDocuments names \"\(document.title)\"")
            }
        }
    }

    private func retrieve(_ transcript: inout Transcript) async throws {
        transcript.heading("The care home retrieves them (ITI-43) and compares every byte")
        try await DemoClient.with(pki: pki, certificate: "carehome", address: address) { client in
            let (answer, time) = try await timed {
                try await client.post(
                    "/xds/repository", package: messages.retrieve(uniqueIDs: documents.map(\.uniqueID)))
            }
            transcript.note(
                "\(documents.count) documents in one answer, \(Self.size(answer.body.readableBytes)) in \(time)")
            for document in documents {
                transcript.check(
                    Self.contains(answer.body, document.bytes),
                    "\(document.title): \(document.bytes.readableBytes) bytes, identical")
            }
            let missing = try await client.post(
                "/xds/repository", package: messages.retrieve(uniqueIDs: [documents[0].uniqueID, "2.999.7.0"]))
            transcript.check(
                missing.text.contains("PartialSuccess") && missing.text.contains("XDSDocumentUniqueIdError"),
                "one known and one unknown document: PartialSuccess, XDSDocumentUniqueIdError")
        }
    }

    private func explainErrors(_ transcript: inout Transcript) async throws {
        transcript.heading("A wrong submission is answered with every error found")
        let wrong = messages.provideAndRegister([documents[0]], submission: 9, patient: unknownPatient)
        let broken = DemoMessages.Package(
            contentType: wrong.contentType,
            body: wrong.body.map { part in
                guard part.readableBytes < 100_000, String(buffer: part).contains("languageCode") else { return part }
                return ByteBuffer(
                    string: String(buffer: part).replacing(
                        "<rim:Value>nl-NL</rim:Value>", with: "<rim:Value>Nederlands!</rim:Value>"
                    )
                    .replacing("20261120101500", with: "20261320101500"))
            })
        try await DemoClient.with(pki: pki, certificate: "hospital", address: address) { client in
            let answer = try await client.post("/xds/repository", package: broken)
            let errors = Self.errors(in: answer.text)
            for error in errors { transcript.note(error) }
            transcript.check(
                answer.text.contains("ResponseStatusType:Failure") && errors.count >= 3,
                "\(errors.count) errors in one answer, each with code, object and attribute")
        }
    }

    private func keepOut(_ transcript: inout Transcript) async throws {
        transcript.heading("Who does not belong stays outside")
        let query = messages.findDocuments(returnType: "ObjectRef")
        let answer = try await DemoClient.with(pki: pki, certificate: "unregistered", address: address) {
            try await $0.post("/xds/registry", soap: query)
        }
        transcript.check(answer.status == 403, "unregistered: HTTP \(answer.status), \(Self.reason(in: answer.text))")
        let submission = messages.provideAndRegister([documents[0]], submission: 8)
        let refused = try await DemoClient.with(pki: pki, certificate: "carehome", address: address) {
            try await $0.post("/xds/repository", package: submission)
        }
        transcript.check(
            refused.status == 403, "carehome may not submit: HTTP \(refused.status), \(Self.reason(in: refused.text))")
        for certificate in ["revoked", "expired", "stranger"] {
            let isRefused: Bool
            do {
                _ = try await DemoClient.with(pki: pki, certificate: certificate, address: address) {
                    try await $0.post("/xds/registry", soap: query)
                }
                isRefused = false
            } catch {
                isRefused = true
            }
            transcript.check(isRefused, "\(certificate): the TLS handshake fails")
        }
    }

    // MARK: Helpers

    private func timed<R>(_ body: () async throws -> R) async throws -> (R, String) {
        let start = ContinuousClock.now
        let result = try await body()
        let milliseconds = Double(start.duration(to: .now).nanoseconds) / 1e6
        return (
            result,
            milliseconds < 10 ? String(format: "%.1f ms", milliseconds) : String(format: "%.0f ms", milliseconds)
        )
    }

    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) bytes"
        case ..<10_000_000: "\(bytes / 1_000) kB"
        default: String(format: "%.1f MB", Double(bytes) / 1e6)
        }
    }

    private static func contains(_ whole: ByteBuffer, _ part: ByteBuffer) -> Bool {
        Data(whole.readableBytesView).range(of: Data(part.readableBytesView)) != nil
    }

    private static func errors(in text: String) -> [String] {
        text.components(separatedBy: "<rs:RegistryError ").dropFirst().map { error in
            "\(attribute("errorCode", in: error)): \(attribute("codeContext", in: error))"
        }
    }

    private static func reason(in text: String) -> String {
        let start = text.components(separatedBy: "<S:Text").dropFirst().first ?? ""
        return start.split(separator: ">", maxSplits: 1).dropFirst().first.map {
            String($0.prefix(while: { $0 != "<" }))
        } ?? ""
    }

    private static func attribute(_ name: String, in text: String) -> String {
        let rest = text.components(separatedBy: name + "=\"").dropFirst().first ?? ""
        return String(rest.prefix(while: { $0 != "\"" })).replacing("&amp;", with: "&")
    }
}
