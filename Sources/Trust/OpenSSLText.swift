import COpenSSL
import FoundationEssentials

/// Values of OpenSSL as Swift values.
enum OpenSSLText {
    /// A distinguished name as RFC 4514 text in UTF-8; control characters are escaped.
    static func name(_ name: OpaquePointer?) throws(TrustError) -> String {
        guard let name, let writer = BIO_new(BIO_s_mem()) else {
            throw TrustError(.malformed, "a certificate or list has no readable name")
        }
        defer { BIO_free(writer) }
        guard X509_NAME_print_ex(writer, name, 0, COPENSSL_RFC4514) >= 0 else {
            ERR_clear_error()
            throw TrustError(.malformed, "a name in a certificate or list cannot be read")
        }
        return text(writtenTo: writer)
    }

    /// An integer as upper-case hexadecimal, as certificate viewers show a serial number.
    static func hexadecimal(_ integer: UnsafePointer<ASN1_INTEGER>?) throws(TrustError) -> String {
        guard let integer, let number = ASN1_INTEGER_to_BN(integer, nil) else {
            ERR_clear_error()
            throw TrustError(.malformed, "a certificate has no readable serial number")
        }
        defer { BN_free(number) }
        guard let digits = BN_bn2hex(number) else { throw TrustError(.library, "OpenSSL has no memory for a number") }
        defer { CRYPTO_free(digits, nil, 0) }
        return String(cString: digits)
    }

    /// An instant of a certificate or list.
    static func date(_ time: UnsafePointer<ASN1_TIME>?) -> Date? {
        var seconds: Int64 = 0
        guard copenssl_seconds(time, &seconds) == 1 else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }

    /// The content of an ASN.1 character string, nil when it is not UTF-8 or holds a NUL.
    static func string(_ value: UnsafePointer<ASN1_STRING>?) -> String? {
        guard let value, let bytes = ASN1_STRING_get0_data(value) else { return nil }
        let content = UnsafeBufferPointer(start: bytes, count: Int(max(0, ASN1_STRING_length(value))))
        guard !content.contains(0) else { return nil }
        return String(validating: content, as: UTF8.self)
    }

    /// An object identifier in dotted form.
    static func objectIdentifier(_ object: OpaquePointer?) -> String? {
        guard let object else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> String? in
            guard let start = buffer.baseAddress else { return nil }
            let length = OBJ_obj2txt(start, CInt(buffer.count), object, 1)
            guard length > 0, length < buffer.count else { return nil }
            return String(cString: start)
        }
    }

    /// SHA-256 of bytes.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { buffer, count in
            SHA256(bytes, bytes.count, buffer.baseAddress)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }

    /// Runs one of the `i2d` functions: first for the length, then for the bytes.
    static func der(
        _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt
    ) throws(TrustError) -> [UInt8] {
        let length = encode(nil)
        guard length > 0 else {
            ERR_clear_error()
            throw TrustError(.malformed, "a certificate cannot be encoded in DER")
        }
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            var cursor = buffer.baseAddress
            count = Int(max(0, encode(&cursor)))
        }
    }

    private static func text(writtenTo writer: OpaquePointer) -> String {
        var bytes: UnsafeMutablePointer<CChar>?
        let count = copenssl_written(writer, &bytes)
        guard let bytes, count > 0 else { return "" }
        return UnsafeRawBufferPointer(start: bytes, count: count).withMemoryRebound(to: UInt8.self) {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
