import Foundation
import NIOCore
import SOAPKit
import XDSMetadata
import XDSTesting
import XMLKit

@testable import Gateway

/// A partner in the tests: sends the hand-written messages of the demo and reads the answers with our decoders.
struct Partner: Sendable {
    let gateway: GatewayProcess
    let certificate: String
    let messages: DemoMessages

    /// A partner with its own series of ids.
    init(_ gateway: GatewayProcess, _ certificate: String, patient: String = GatewayProcess.patients[0]) {
        self.gateway = gateway
        self.certificate = certificate
        messages = DemoMessages(
            patientID: patient, repositoryUniqueID: GatewayProcess.repositoryUniqueID,
            run: String(UInt64.random(in: 1 ... .max)))
    }

    /// A document of random bytes with ids of this partner's series.
    func document(_ number: Int, bytes: ByteBuffer, title: String = "Verslag", mimeType: String = "application/pdf")
        -> DemoDocument
    {
        DemoDocument(
            id: "Document\(number)", title: title, mimeType: mimeType, bytes: bytes,
            uniqueID: "2.999.7.\(messages.run).\(number)",
            formatCode: ("urn:ihe:iti:xds:2017:mimeTypeSufficient", "1.3.6.1.4.1.19376.1.2.3", "mimeType Sufficient"),
            typeCode: ("371531000", "2.16.840.1.113883.6.96", "Verslag van klinisch consult"))
    }

    /// ITI-41.
    func submit(_ documents: [DemoDocument], submission: Int = 1, patient: String? = nil) async throws
        -> RegistryResponse
    {
        let answer = try await post(
            "/xds/repository", package: messages.provideAndRegister(documents, submission: submission, patient: patient)
        )
        return try RegistryResponse(decoding: try Self.payload(answer))
    }

    /// ITI-18 FindDocuments, LeafClass.
    func find(patient: String? = nil) async throws -> RegistryObjectList {
        try await query(messages.findDocuments(returnType: "LeafClass", patient: patient)).objects
    }

    /// ITI-18 with any message.
    func query(_ message: String) async throws -> (response: AdhocQueryResponse, objects: RegistryObjectList) {
        let answer = try await post("/xds/registry", soap: message)
        return try AdhocQueryResponse.decode(try Self.payload(answer))
    }

    /// ITI-43: the answer and the bytes of each document by its uniqueId.
    func retrieve(_ uniqueIDs: [String]) async throws -> (response: RegistryResponse, documents: [String: ByteBuffer]) {
        let answer = try await post("/xds/repository", package: messages.retrieve(uniqueIDs: uniqueIDs))
        let package = try MIMEPackage(answer)
        let (response, received) = try RetrieveDocumentSetResponse.decode(try Self.payload(package.root))
        var documents: [String: ByteBuffer] = [:]
        for document in received {
            documents[document.documentUniqueId] = try package.attachment(includedBy: document.element)
        }
        return (response, documents)
    }

    func post(_ path: String, soap: String) async throws -> DemoClient.Answer {
        try await with { try await $0.post(path, soap: soap) }
    }

    func post(_ path: String, package: DemoMessages.Package) async throws -> DemoClient.Answer {
        try await with { try await $0.post(path, package: package) }
    }

    func with<R>(_ body: (DemoClient) async throws -> R) async throws -> R {
        try await DemoClient.with(pki: gateway.pki, certificate: certificate, address: gateway.address, body)
    }

    /// The payload element of an answer in either packaging.
    static func payload(_ answer: DemoClient.Answer) throws -> XMLElement {
        guard answer.status == 200 else { throw TestFailure("HTTP \(answer.status): \(answer.text.prefix(2_000))") }
        return try payload(answer.contentType.hasPrefix("multipart/") ? MIMEPackage(answer).root : answer.body)
    }

    static func payload(_ envelope: ByteBuffer) throws -> XMLElement {
        let root = try XMLDocument(parsing: envelope).root
        let namespace = "http://www.w3.org/2003/05/soap-envelope"
        guard let body = root.first(QualifiedName(namespace, "Body")), let payload = Array(body.children).first else {
            throw TestFailure("no SOAP body")
        }
        if envelope.readableBytes < 1 << 20 { try validate(payload) }
        return payload
    }

    /// Every answer of XDS that is not large has to be valid by the schemas; a reference to a part stands for its bytes.
    private static func validate(_ payload: XMLElement) throws {
        guard [XDSNamespace.rs, XDSNamespace.query, XDSNamespace.xds].contains(payload.namespaceURI) else { return }
        let reference = #/<[^<>\/]*Include [^<>]*(\/>|><\/[^<>]*Include>)/#
        let text = String(buffer: payload.serialized()).replacing(reference, with: "")
        for schemas in SchemaSet.available {
            let violations = try schemas.violations(ByteBuffer(string: text))
            guard violations.isEmpty else { throw TestFailure("\(schemas): \(violations)") }
        }
    }
}

/// A multipart answer taken apart in the simplest way, without the code under test.
struct MIMEPackage {
    let root: ByteBuffer
    private let parts: [String: ByteBuffer]

    init(_ answer: DemoClient.Answer) throws {
        guard let match = answer.contentType.firstMatch(of: #/boundary="?([^";]+)"?/#) else {
            throw TestFailure("no boundary in \(answer.contentType)")
        }
        let boundary = Data("--\(match.1)".utf8)
        let body = Data(answer.body.readableBytesView)
        var parts: [String: ByteBuffer] = [:]
        var root: ByteBuffer?
        var position = body.startIndex
        while let start = body.range(of: boundary, in: position..<body.endIndex),
            let next = body.range(of: Data("\r\n".utf8) + boundary, in: start.upperBound..<body.endIndex)
        {
            let part = body[start.upperBound..<next.lowerBound]
            guard let blank = part.range(of: Data("\r\n\r\n".utf8)) else {
                throw TestFailure("a part without headers' end")
            }
            let headers = String(decoding: part[..<blank.lowerBound], as: UTF8.self)
            let content = ByteBuffer(bytes: part[blank.upperBound...])
            if root == nil { root = content }
            if let id = headers.firstMatch(of: #/(?i)content-id: *<([^>]+)>/#) { parts[String(id.1)] = content }
            position = next.lowerBound + 2
        }
        guard let root else { throw TestFailure("no parts") }
        self.root = root
        self.parts = parts
    }

    func attachment(includedBy element: XMLElement) throws -> ByteBuffer {
        guard let include = element.first(QualifiedName("http://www.w3.org/2004/08/xop/include", "Include")),
            let href = include.attribute("href"), href.hasPrefix("cid:"),
            let bytes = parts[href.dropFirst(4).removingPercentEncoding ?? ""]
        else { throw TestFailure("no part for xop:Include") }
        return bytes
    }
}

extension ByteBuffer {
    /// Bytes that are the same in every run for the same seed, and do not compress.
    static func random(_ count: Int, seed: UInt64) -> ByteBuffer {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        var buffer = ByteBufferAllocator().buffer(capacity: count + 8)
        while buffer.readableBytes < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            buffer.writeInteger(state)
        }
        buffer.moveWriterIndex(to: count)
        return buffer
    }
}
