import FoundationEssentials

/// A point in time in UTC with its precision: `YYYY[MM[DD[hh[mm[ss]]]]]`, kept as received.
///
/// - Source: ITI TF-3: 4.2.3.1.7, Table 4.2.3.1.7-2 (DTM).
public struct DTM: Hashable, Sendable, CustomStringConvertible {
    /// The value as received: 4, 6, 8, 10, 12 or 14 digits.
    public let text: String

    /// Reads a time: digits only, no zone, no fraction, a date of the calendar.
    ///
    /// - Throws: FormatProblem.
    public init(parsing text: String) throws(FormatProblem) {
        guard text.utf8.allSatisfy(TextFormat.isDigit) else {
            throw FormatProblem("is not a time of the form YYYYMMDDhhmmss: it has more than digits")
        }
        let count = text.utf8.count
        guard (4...14).contains(count), count % 2 == 0 else {
            throw FormatProblem("is not a time of the form YYYY[MM[DD[hh[mm[ss]]]]]")
        }
        let fields = Self.fields(of: text)
        guard (1...12).contains(fields[1]),
            (1...Self.days(inMonth: fields[1], of: fields[0])).contains(fields[2])
        else {
            throw FormatProblem("is not a date of the calendar")
        }
        guard fields[3] < 24, fields[4] < 60, fields[5] < 60 else { throw FormatProblem("is not a time of the day") }
        self.text = text
    }

    /// Makes a time with the precision of a second from seconds since 1970-01-01T00:00:00Z.
    public init(secondsSinceEpoch: Int64) {
        var (days, seconds) = secondsSinceEpoch.quotientAndRemainder(dividingBy: 86400)
        if seconds < 0 {
            days -= 1
            seconds += 86400
        }
        let (year, month, day) = Self.civil(fromDays: days)
        text =
            Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2)
            + Self.padded(seconds / 3600, 2) + Self.padded(seconds / 60 % 60, 2) + Self.padded(seconds % 60, 2)
    }

    /// This second.
    public static var now: DTM { DTM(secondsSinceEpoch: Int64(Date.now.timeIntervalSince1970)) }

    /// The earliest instant it denotes, as 14 digits that sort as text: 2004 is 20040101000000.
    public var lowerBound: String {
        text + "00000101000000".dropFirst(text.utf8.count)
    }

    /// The last second it denotes, as 14 digits: 2004 is 20041231235959.
    public var upperBound: String {
        let fields = Self.fields(of: text)
        switch text.utf8.count {
        case 4: return text + "1231235959"
        case 6: return text + Self.padded(Int64(Self.days(inMonth: fields[1], of: fields[0])), 2) + "235959"
        default: return text + "99991231235959".dropFirst(text.utf8.count)
        }
    }

    /// The value as received.
    public var description: String { text }

    /// Year, month, day, hour, minute, second; absent ones at their earliest.
    private static func fields(of text: String) -> [Int] {
        var fields = [0, 1, 1, 0, 0, 0]
        var place = 0
        for (index, byte) in text.utf8.enumerated() {
            if index >= 4, index % 2 == 0 {
                place += 1
                fields[place] = 0
            }
            fields[place] = fields[place] * 10 + Int(byte - 0x30)
        }
        return fields
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Date of the proleptic Gregorian calendar; years are counted from March so that leap days come last.
    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
