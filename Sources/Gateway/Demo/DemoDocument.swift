import Crypto
import Foundation
import NIOCore

/// A document of the demo: bytes with what its metadata says of it.
struct DemoDocument: Sendable {
    /// Symbolic id in the submission.
    let id: String
    let title: String
    let mimeType: String
    let bytes: ByteBuffer
    /// `DocumentEntry.uniqueId`: new in every run, so that the demo can be repeated.
    let uniqueID: String
    let formatCode: (code: String, scheme: String, name: String)
    let typeCode: (code: String, scheme: String, name: String)

    /// SHA-1, as `DocumentEntry.hash` has it.
    var hash: String {
        bytes.withUnsafeReadableBytes { Insecure.SHA1.hash(data: $0) }.map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined()
    }
}

extension DemoDocument {
    /// The documents of one run: a PDF/A letter, a photograph, a CDA referral, and a generated file of 24 MB.
    /// - Parameter folder: where the sample files are.
    static func samples(folder: String, run: String) throws -> [DemoDocument] {
        let pdf = ("urn:ihe:iti:xds:2017:mimeTypeSufficient", "1.3.6.1.4.1.19376.1.2.3", "mimeType Sufficient")
        let cda = ("urn:ihe:pcc:xphr:2007", "1.3.6.1.4.1.19376.1.2.3", "CDA")
        let letter = ("371531000", "2.16.840.1.113883.6.96", "Verslag van klinisch consult")
        let image = ("72170-4", "2.16.840.1.113883.6.1", "Foto")
        return [
            DemoDocument(
                id: "Document01", title: "Ontslagbrief cardiologie", mimeType: "application/pdf",
                bytes: try read(folder + "/ontslagbrief.pdf"), uniqueID: "2.999.7.\(run).1", formatCode: pdf,
                typeCode: letter),
            DemoDocument(
                id: "Document02", title: "Foto van de wond", mimeType: "image/jpeg",
                bytes: try read(folder + "/wondfoto.jpg"), uniqueID: "2.999.7.\(run).2", formatCode: pdf,
                typeCode: image),
            DemoDocument(
                id: "Document03", title: "Verwijsbrief: coördinatie, € 12,50, ü en ë", mimeType: "text/xml",
                bytes: try read(folder + "/verwijsbrief.xml"), uniqueID: "2.999.7.\(run).3", formatCode: cda,
                typeCode: letter),
            DemoDocument(
                id: "Document04", title: "Beeldreeks (24 MB, gegenereerd)", mimeType: "application/octet-stream",
                bytes: generated(bytes: 24 * 1024 * 1024), uniqueID: "2.999.7.\(run).4", formatCode: pdf,
                typeCode: image),
        ]
    }

    private static func read(_ path: String) throws -> ByteBuffer {
        ByteBuffer(bytes: try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Bytes that do not compress and are the same in every run.
    private static func generated(bytes count: Int) -> ByteBuffer {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        while buffer.readableBytes < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            buffer.writeInteger(state)
        }
        return buffer
    }
}
