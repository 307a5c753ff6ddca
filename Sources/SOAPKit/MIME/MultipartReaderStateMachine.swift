public import NIOCore

/// Cuts a MIME package into its parts while its bytes arrive. Pure: bytes in, events out, no I/O.
///
/// Give it bytes with ``receive(_:)``, then take events with ``next()`` until there is none; after the last bytes call
/// ``end()``. Content is handed out in slices of the buffers received, not copied; what is kept back is never more than
/// the length of a boundary line or a part's header.
///
/// Line ends are CRLF. A package whose first boundary line ends with a bare LF is read with bare LF throughout; in any
/// other package a bare LF never begins a boundary, so binary content is safe.
/// - Source: RFC 2046, section 5.1.1
public struct MultipartReaderStateMachine: Sendable {
    /// What has been met.
    public enum Event: Sendable, Hashable {
        /// A part begins.
        case partBegan(PartHeader)
        /// Content of the part, still in its transfer encoding.
        case data(ByteBuffer)
        /// The part is complete.
        case partEnded
        /// The closing boundary has been read. What follows is skipped.
        case finished
    }

    /// Where the machine is.
    private enum State: Sendable {
        /// Before the first boundary. -> header, -> epilogue (a package without parts)
        case preamble
        /// In the header lines of a part. -> body
        case header
        /// In the content of a part. -> header, -> closing
        case body
        /// The closing boundary is read but not reported. -> epilogue
        case closing
        /// After the closing boundary, to the end.
        case epilogue
    }

    private enum LineEnd: Sendable { case unknown, crlf, lf }

    private let delimiter: [UInt8]
    private let limits: SOAPLimits
    private var state = State.preamble
    private var lineEnd = LineEnd.unknown
    private var buffer = ByteBuffer()
    /// Whether the next byte begins a line, so that a boundary may stand there without a line end before it.
    private var atLineStart = true
    private var skipped = 0
    private var part = 0

    /// Begins a package.
    /// - Parameters:
    ///   - boundary: the boundary parameter of the content type.
    ///   - limits: parts, header bytes and bytes around the package.
    public init(boundary: String, limits: SOAPLimits = .standard) throws(MultipartError) {
        let bytes = Array(boundary.utf8)
        guard (1...70).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7E).contains($0) }), bytes.last != 0x20
        else {
            throw .illegalBoundary
        }
        delimiter = Array("--".utf8) + bytes
        self.limits = limits
    }

    /// Takes the next bytes.
    public mutating func receive(_ chunk: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = chunk
        } else {
            buffer.writeImmutableBuffer(chunk)
        }
    }

    /// The next event, or `nil` when more bytes are needed.
    public mutating func next() throws(MultipartError) -> Event? {
        while true {
            switch state {
            case .preamble:
                guard try skipPreamble() else { return nil }
            case .header:
                guard let header = try readHeader() else { return nil }
                state = .body
                atLineStart = true
                return .partBegan(header)
            case .body:
                return try readBody()
            case .closing:
                state = .epilogue
                skipped = 0
                return .finished
            case .epilogue:
                skipped += buffer.readableBytes
                buffer.clear()
                guard skipped <= limits.surroundingBytes else { throw .trailingBytes }
                return nil
            }
        }
    }

    /// Says that there are no more bytes. To be called when ``next()`` has given everything.
    public func end() throws(MultipartError) {
        switch state {
        case .epilogue, .closing: return
        case .preamble: throw .noBoundary
        case .header, .body: throw .notClosed
        }
    }

    // MARK: Boundaries

    /// What stands at a place where a boundary line could begin.
    private enum Match {
        case none
        case incomplete
        /// An opening boundary line; the offset after its line end, and that line end.
        case part(end: Int, LineEnd)
        /// The closing boundary; the offset after it.
        case close(end: Int)
    }

    /// Padding that is tolerated between a boundary and its line end.
    private static let paddingBytes = 256

    private func match(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Match {
        let available = bytes.count - start
        let compared = min(available, delimiter.count)
        for offset in 0..<compared where bytes[start + offset] != delimiter[offset] { return .none }
        guard available > delimiter.count else { return .incomplete }
        var position = start + delimiter.count
        if bytes[position] == UInt8(ascii: "-") {
            guard position + 1 < bytes.count else { return .incomplete }
            return bytes[position + 1] == UInt8(ascii: "-") ? .close(end: position + 2) : .none
        }
        let padding = position
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        guard position - padding <= Self.paddingBytes else { return .none }
        guard position < bytes.count else { return .incomplete }
        if bytes[position] == 0x0A { return .part(end: position + 1, .lf) }
        guard bytes[position] == 0x0D else { return .none }
        guard position + 1 < bytes.count else { return .incomplete }
        return bytes[position + 1] == 0x0A ? .part(end: position + 2, .crlf) : .none
    }

    /// The result of looking for a boundary: how many bytes come before it, and what it is.
    private struct Found {
        var content: Int
        var match: Match
    }

    /// Looks for the next boundary. With `.incomplete` the content before it may be used, the rest is to be kept; with
    /// `.none` everything but a trailing carriage return may be used.
    private func findBoundary(_ bytes: UnsafeRawBufferPointer) -> Found {
        if atLineStart, !bytes.isEmpty {
            let match = match(bytes, at: 0)
            if case .none = match {} else { return Found(content: 0, match: match) }
        }
        var from = 0
        while let feed = bytes.firstLineFeed(from: from) {
            from = feed + 1
            let hasReturn = feed > 0 && bytes[feed - 1] == 0x0D
            if lineEnd == .crlf, !hasReturn { continue }
            let match = match(bytes, at: feed + 1)
            if case .none = match { continue }
            return Found(content: hasReturn ? feed - 1 : feed, match: match)
        }
        let endsWithReturn = bytes.last == 0x0D
        return Found(content: bytes.count - (endsWithReturn ? 1 : 0), match: .none)
    }

    private mutating func skipPreamble() throws(MultipartError) -> Bool {
        let found = buffer.withUnsafeReadableBytes { findBoundary($0) }
        skipped += found.content
        guard skipped <= limits.surroundingBytes else { throw .noBoundary }
        switch found.match {
        case .none, .incomplete:
            guard found.content > 0 else { return false }
            buffer.moveReaderIndex(forwardBy: found.content)
            // What is kept begins with the line end before a possible boundary, or with a carriage return.
            atLineStart = false
            return false
        case .part(let end, let lineEnd):
            self.lineEnd = lineEnd
            buffer.moveReaderIndex(forwardBy: end)
            try beginPart()
            return true
        case .close(let end):
            buffer.moveReaderIndex(forwardBy: end)
            state = .closing
            return true
        }
    }

    private mutating func beginPart() throws(MultipartError) {
        part += 1
        guard part <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
        state = .header
    }

    private mutating func readBody() throws(MultipartError) -> Event? {
        let found = buffer.withUnsafeReadableBytes { findBoundary($0) }
        if found.content > 0, let slice = buffer.readSlice(length: found.content) {
            atLineStart = false
            return .data(slice)
        }
        switch found.match {
        case .none, .incomplete:
            return nil
        case .part(let end, _):
            buffer.moveReaderIndex(forwardBy: end)
            try beginPart()
            return .partEnded
        case .close(let end):
            buffer.moveReaderIndex(forwardBy: end)
            state = .closing
            return .partEnded
        }
    }

    // MARK: Part headers

    private mutating func readHeader() throws(MultipartError) -> PartHeader? {
        let limit = limits.partHeaderBytes
        var lines: [String] = []
        var end: Int?
        buffer.withUnsafeReadableBytes { bytes in
            var start = 0
            while start <= limit, let feed = bytes.firstLineFeed(from: start) {
                var stop = feed
                if stop > start, bytes[stop - 1] == 0x0D { stop -= 1 }
                if stop == start {
                    end = feed + 1
                    return
                }
                lines.append(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<stop]), as: UTF8.self))
                start = feed + 1
            }
        }
        guard let end, end <= limit else {
            guard buffer.readableBytes <= limit else { throw .headerTooLarge(part: part, limit: limit) }
            return nil
        }
        buffer.moveReaderIndex(forwardBy: end)
        guard let header = PartHeader(lines: lines) else { throw .malformedHeader(part: part) }
        return header
    }
}
