import Foundation
public import NIOCore
import XMLKit

/// Schemas of ebRS and of the IHE repository: our own, and the official ones where they are at hand.
public struct SchemaSet: Sendable, CustomStringConvertible {
    /// Which ones they are.
    public let description: String
    /// Compiled once, for all messages.
    private let schema: Result<XSDSchema, XMLError>

    /// Those of `schemas/xsd`.
    public static let own = SchemaSet(
        "own schemas", root.appending(path: "schemas/xsd"), ["query.xsd", "lcm.xsd", "xds.xsd", "rmd.xsd"])

    /// Those that OASIS and IHE publish, in `../shared/reference/schemas` beside the package; nil where that folder is
    /// absent: they are no part of the product.
    public static let official: SchemaSet? = {
        let folder = root.appending(path: "../shared/reference/schemas").standardized
        guard FileManager.default.fileExists(atPath: folder.path) else { return nil }
        return SchemaSet(
            "official schemas", folder,
            ["ebRS/query.xsd", "ebRS/lcm.xsd", "IHE/XDS.b_DocumentRepository.xsd", "IHE/RMD.xsd"])
    }()

    /// All that are at hand.
    public static let available = [own, official].compactMap { $0 }

    /// The folder of the package.
    private static let root: URL = {
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { place.deleteLastPathComponent() }
        return place
    }()

    /// - Parameter files: together they bind all namespaces of our messages.
    private init(_ description: String, _ folder: URL, _ files: [String]) {
        self.description = description
        schema = Result { () throws(XMLError) in try XSDSchema(paths: files.map { folder.appending(path: $0).path }) }
    }

    /// What is wrong with a message, given in pieces; empty when it is valid.
    /// - Throws: XMLError if the message is not well-formed, or the schemas cannot be read.
    public func violations(_ pieces: ByteBuffer...) throws -> [String] {
        var whole = ByteBuffer()
        for piece in pieces { whole.writeImmutableBuffer(piece) }
        return try schema.get().validate(whole).map { "\($0)" }
    }
}
