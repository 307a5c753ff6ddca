extension XMLElement {
    /// The text directly inside the element, CDATA sections included, joined; empty when there is none.
    public var text: String {
        let first = record.firstText
        guard first >= 0 else { return "" }
        let run = tape.textRuns[Int(first)]
        guard run.next >= 0 else { return tape.string(start: run.start, count: run.count) }
        return withTextBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// ``text`` without the white space of XML (space, tab, line feed, carriage return) at both ends.
    public var trimmedText: String {
        withTextBytes { bytes in
            var start = bytes.startIndex
            var end = bytes.endIndex
            while start < end, Self.isWhiteSpace(bytes[start]) { start += 1 }
            while end > start, Self.isWhiteSpace(bytes[end - 1]) { end -= 1 }
            return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        }
    }

    /// Gives the bytes (UTF-8) of ``text`` without making a string of them, for base64 of any size.
    ///
    /// The pointer is valid only inside the closure. Text without elements in between is not copied.
    public func withTextBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let first = record.firstText
        guard first >= 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let run = tape.textRuns[Int(first)]
        if run.next < 0 {
            return try tape.arena.withUnsafeBytes { bytes in
                try body(UnsafeRawBufferPointer(rebasing: bytes[Int(run.start)..<Int(run.start) + Int(run.count)]))
            }
        }
        var joined: [UInt8] = []
        var next = first
        while next >= 0 {
            let run = tape.textRuns[Int(next)]
            joined.append(contentsOf: tape.arena[Int(run.start)..<Int(run.start) + Int(run.count)])
            next = run.next
        }
        return try joined.withUnsafeBytes(body)
    }

    /// Bytes of the text directly inside the element.
    public var textByteCount: Int {
        var count = 0
        var next = record.firstText
        while next >= 0 {
            let run = tape.textRuns[Int(next)]
            count += Int(run.count)
            next = run.next
        }
        return count
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}

extension XMLElement {
    /// The direct text in pieces, in order, for content too large to handle at once.
    public struct TextPieces: Sequence, IteratorProtocol, Sendable {
        let tape: XMLTape
        let maximumBytes: Int
        var run: Int32
        var consumed = 0

        /// The next piece, a slice of the document's own bytes (UTF-8); nothing is copied.
        public mutating func next() -> ArraySlice<UInt8>? {
            while run >= 0 {
                let record = tape.textRuns[Int(run)]
                let rest = Int(record.count) - consumed
                if rest == 0 {
                    run = record.next
                    consumed = 0
                    continue
                }
                let count = Swift.min(rest, maximumBytes)
                let start = Int(record.start) + consumed
                consumed += count
                return tape.arena[start..<start + count]
            }
            return nil
        }
    }

    /// The direct text in pieces of at most `maximumBytes` bytes each. A piece may end inside a character.
    public func textPieces(maximumBytes: Int) -> TextPieces {
        TextPieces(tape: tape, maximumBytes: Swift.max(1, maximumBytes), run: record.firstText)
    }
}
