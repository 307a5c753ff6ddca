/// A table as text: lines of cells, with the number of the line each row begins on.
///
/// - Source: RFC 4180; the separator is a comma, a semicolon or a tab, whichever the first line has most of, because
///   spreadsheets of countries with a decimal comma write semicolons.
struct CSVTable: Sendable, Equatable {
    /// One row.
    struct Row: Sendable, Equatable {
        /// The number of its first line in the file, from 1.
        let line: Int
        /// Its cells, without the spaces around them.
        let cells: [String]
    }

    /// The text cannot be taken apart.
    struct Malformed: Error, Equatable {
        let line: Int
        let reason: String
    }

    let rows: [Row]

    /// Takes bytes of UTF-8 apart. Empty lines are left out.
    init(parsing bytes: [UInt8]) throws(Malformed) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Malformed(line: 1, reason: "the file is not UTF-8; save it as CSV UTF-8")
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var reader = Reader(bytes: bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes)
        var rows: [Row] = []
        while let row = try reader.next() {
            if row.cells.contains(where: { !$0.isEmpty }) { rows.append(row) }
        }
        self.rows = rows
    }

    private struct Reader {
        let bytes: [UInt8]
        let separator: UInt8
        var position = 0
        var line = 1

        init(bytes: [UInt8]) {
            self.bytes = bytes
            let first = bytes.prefix { $0 != UInt8(ascii: "\n") }
            let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
            separator =
                candidates.max { left, right in
                    first.count { $0 == left } < first.count { $0 == right }
                } ?? UInt8(ascii: ",")
        }

        mutating func next() throws(Malformed) -> Row? {
            guard position < bytes.count else { return nil }
            let start = line
            var cells: [String] = []
            while true {
                cells.append(try cell())
                guard position < bytes.count, bytes[position] == separator else { break }
                position += 1
            }
            // What ends a row is a line feed or the end of the file: cell() stops at nothing else.
            if position < bytes.count {
                position += 1
                line += 1
            }
            return Row(line: start, cells: cells)
        }

        private mutating func cell() throws(Malformed) -> String {
            while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                let start = position
                while position < bytes.count, bytes[position] != separator, bytes[position] != UInt8(ascii: "\n") {
                    position += 1
                }
                return Self.trimmed(bytes[start..<position])
            }
            return try quotedCell()
        }

        private mutating func quotedCell() throws(Malformed) -> String {
            let start = line
            position += 1
            var content: [UInt8] = []
            while true {
                guard position < bytes.count else {
                    throw Malformed(line: start, reason: "a quotation mark opens a cell and is never closed")
                }
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { break }
                    position += 1
                } else if byte == UInt8(ascii: "\n") {
                    line += 1
                }
                content.append(byte)
            }
            let rest = bytes[position...].prefix { $0 != separator && $0 != UInt8(ascii: "\n") }
            guard Self.trimmed(rest).isEmpty else {
                throw Malformed(line: line, reason: "there is text behind the closing quotation mark of a cell")
            }
            position += rest.count
            return Self.trimmed(content[...])
        }

        private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
            let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
            var bytes = bytes.drop(while: isSpace)
            while let last = bytes.last, isSpace(last) { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
