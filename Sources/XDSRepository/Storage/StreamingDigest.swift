import Crypto
import NIOCore

/// Size, SHA-1 and SHA-256 of a document, computed while it streams.
///
/// SHA-1 is what `DocumentEntry.hash` carries (ITI TF-3: 4.2.3.2.10); SHA-256 names the bytes in the store.
struct StreamingDigest {
    private var sha1 = Insecure.SHA1()
    private var sha256 = SHA256()
    private(set) var byteCount = 0

    mutating func update(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { pointer in
            sha1.update(bufferPointer: pointer)
            sha256.update(bufferPointer: pointer)
            byteCount += pointer.count
        }
    }

    /// The digests of everything given so far.
    func finalize() -> (sha1: [UInt8], address: ContentAddress) {
        (Array(sha1.finalize()), ContentAddress(sha256: Array(sha256.finalize())))
    }
}
