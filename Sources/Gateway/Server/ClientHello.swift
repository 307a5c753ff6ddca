import NIOCore

/// What a TLS client offers, as far as an administrator wants to know it.
///
/// - Source: RFC 8446, 4.1.2, 4.2.1 and 5.1; RFC 6066, section 3.
struct ClientHello: Sendable, Equatable {
    /// The versions offered, as on the wire, newest first; without values reserved by RFC 8701.
    var versions: [UInt16]
    /// The cipher suites offered, in the client's order; without reserved values.
    var cipherSuites: [UInt16]
    /// The host name the client asked for.
    var serverName: String?

    /// Reads the hello out of the first bytes of a connection; nil when they are none, or not all of it.
    init?(parsing bytes: ByteBuffer) {
        guard var message = Self.handshake(bytes), let legacyVersion = message.readInteger(as: UInt16.self),
            message.readSlice(length: 32) != nil, message.readPrefixed(as: UInt8.self) != nil,
            let suites = message.readPrefixed(as: UInt16.self), message.readPrefixed(as: UInt8.self) != nil
        else { return nil }
        cipherSuites = Self.numbers(suites)
        // Without supported_versions a client takes every version up to the one it names.
        versions = (0x0300...max(0x0300, min(legacyVersion, 0x0303))).reversed()
        serverName = nil
        guard var extensions = message.readPrefixed(as: UInt16.self) else { return }
        while let type = extensions.readInteger(as: UInt16.self), var content = extensions.readPrefixed(as: UInt16.self)
        {
            switch type {
            case 43:
                guard let list = content.readPrefixed(as: UInt8.self) else { return nil }
                versions = Self.numbers(list).sorted(by: >)
            case 0:
                serverName = Self.hostName(&content)
            default:
                continue
            }
        }
    }

    /// The versions in words, as `TLS 1.1 and TLS 1.0`.
    var versionText: String {
        let names = versions.map { version in
            switch version {
            case 0x0300: "SSL 3.0"
            case 0x0301...0x0304: "TLS 1.\(version - 0x0301)"
            default: "an unknown version (0x\(String(version, radix: 16)))"
            }
        }
        guard let last = names.last, names.count > 1 else { return names.first ?? "no TLS version" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The body of the handshake message, put together from its records.
    private static func handshake(_ bytes: ByteBuffer) -> ByteBuffer? {
        var bytes = bytes
        var stream = ByteBuffer()
        while bytes.readInteger(as: UInt8.self) == 0x16, bytes.readInteger(as: UInt8.self) == 3,
            bytes.readInteger(as: UInt8.self) != nil, var record = bytes.readPrefixed(as: UInt16.self)
        { stream.writeBuffer(&record) }
        guard stream.readInteger(as: UInt8.self) == 1, let high = stream.readInteger(as: UInt8.self),
            let low = stream.readInteger(as: UInt16.self)
        else { return nil }
        return stream.readSlice(length: Int(high) << 16 | Int(low))
    }

    /// Two-byte numbers without those of the form 0x?A?A, which clients add so that servers learn to ignore them.
    private static func numbers(_ list: ByteBuffer) -> [UInt16] {
        var list = list
        var numbers: [UInt16] = []
        while let number = list.readInteger(as: UInt16.self) {
            if number & 0x0F0F != 0x0A0A || number >> 8 != number & 0xFF { numbers.append(number) }
        }
        return numbers
    }

    private static func hostName(_ content: inout ByteBuffer) -> String? {
        guard var list = content.readPrefixed(as: UInt16.self), list.readInteger(as: UInt8.self) == 0,
            let name = list.readPrefixed(as: UInt16.self)
        else { return nil }
        let text = String(buffer: name)
        return text.utf8.count <= 255 && text.allSatisfy { $0.isASCII && !$0.isWhitespace && $0 != "\0" } ? text : nil
    }
}

/// What came first on a connection, whatever it is.
enum FirstBytes: Sendable, Equatable {
    case nothing
    case hello(ClientHello)
    /// HTTP without TLS.
    case plainHTTP
    /// Bytes that begin like TLS and are no readable hello.
    case unreadableTLS
    /// The greeting of SSH, or anything else.
    case somethingElse

    init(_ bytes: ByteBuffer) {
        guard let first = bytes.readableBytesView.first else {
            self = .nothing
            return
        }
        let methods = ["GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PRI "]
        if let hello = ClientHello(parsing: bytes) {
            self = .hello(hello)
        } else if methods.contains(where: { bytes.readableBytesView.starts(with: $0.utf8) }) {
            self = .plainHTTP
        } else {
            self = first == 0x16 ? .unreadableTLS : .somethingElse
        }
    }

    /// The hello, when there is one.
    var hello: ClientHello? {
        if case .hello(let hello) = self { hello } else { nil }
    }
}

extension ByteBuffer {
    /// Bytes behind a length of that type; nil when they are not all there.
    fileprivate mutating func readPrefixed<Length: FixedWidthInteger>(as _: Length.Type) -> ByteBuffer? {
        let start = readerIndex
        guard let length = readInteger(as: Length.self), let content = readSlice(length: Int(length)) else {
            moveReaderIndex(to: start)
            return nil
        }
        return content
    }
}
