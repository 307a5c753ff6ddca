import NIOCore
import Testing

@testable import XDSRepository

@Suite("The address of bytes")
struct ContentAddressTests {
    @Test("FIPS 180-4: the digests of \"abc\"")
    func digests() {
        var digest = StreamingDigest()
        digest.update(ByteBuffer(string: "a"))
        digest.update(ByteBuffer())
        digest.update(ByteBuffer(string: "bc"))
        let result = digest.finalize()
        #expect(digest.byteCount == 3)
        #expect(result.sha1.hexadecimal == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(result.address.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("a file name leads back to its address; other names are none")
    func readsNames() throws {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let address = try #require(ContentAddress(hex: hex[...]))
        #expect(address.hex == hex)
        #expect(ContentAddress(hex: hex.uppercased()[...]) == nil)
        #expect(ContentAddress(hex: hex.dropLast()) == nil)
        #expect(ContentAddress(hex: (hex + "0")[...]) == nil)
        #expect(ContentAddress(hex: ("g" + hex.dropFirst())[...]) == nil)
        #expect(ContentAddress(hex: "") == nil)
    }

    @Test("the key of the lock is the first eight bytes, negative ones too")
    func makesLockKey() {
        #expect(ContentAddress(sha256: [0, 0, 0, 0, 0, 0, 1, 2] + [UInt8](repeating: 9, count: 24)).lockKey == 258)
        #expect(ContentAddress(sha256: [UInt8](repeating: 255, count: 32)).lockKey == -1)
        #expect(ContentAddress(sha256: [0x80] + [UInt8](repeating: 0, count: 31)).lockKey == .min)
    }
}
