import Crypto
import Foundation

/// The key with which a node signs events and checkpoints: ECDSA over P-256.
public struct AuditSigningKey: Sendable {
    /// Why a key cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        /// The file and what is wrong with it.
        public let description: String
    }

    private let key: P256.Signing.PrivateKey

    /// Reads a private key. Blocks.
    /// - Throws: ``Unusable`` when the file is no PEM with a private key on P-256.
    public init(pemFile: String) throws {
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: String(contentsOfFile: pemFile, encoding: .utf8))
        } catch {
            throw Unusable(description: "\(pemFile): is no private key on the curve P-256 in PEM form")
        }
    }

    /// A new key, for tests.
    init() { key = P256.Signing.PrivateKey() }

    /// The public half.
    public var publicKey: AuditPublicKey { AuditPublicKey(key: key.publicKey) }

    func signature(_ message: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: message).derRepresentation)
    }
}

/// What a signature is checked with.
public struct AuditPublicKey: Sendable {
    private let key: P256.Signing.PublicKey

    init(key: P256.Signing.PublicKey) { self.key = key }

    /// Reads PEM text.
    /// - Throws: ``AuditSigningKey/Unusable``.
    public init(pem: String) throws {
        do {
            key = try P256.Signing.PublicKey(pemRepresentation: pem)
        } catch {
            throw AuditSigningKey.Unusable(description: "this is no public key on the curve P-256 in PEM form")
        }
    }

    /// Every public key in a PEM text.
    public static func all(inPEM text: String) throws -> [AuditPublicKey] {
        let end = "-----END PUBLIC KEY-----"
        return try text.split(separator: end).filter { $0.contains("-----BEGIN PUBLIC KEY-----") }
            .map { try AuditPublicKey(pem: $0.trimmingCharacters(in: .whitespacesAndNewlines) + "\n" + end + "\n") }
    }

    /// PEM, as it is published.
    public var pem: String { key.pemRepresentation }

    /// SHA-256 of the DER form, hexadecimal.
    public var fingerprint: String { Array(SHA256.hash(data: key.derRepresentation)).hexadecimal }

    func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
