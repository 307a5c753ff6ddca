import FoundationEssentials

/// Instants as the audit trail keeps them: whole microseconds, as PostgreSQL does, so that what is hashed is what is stored.
enum AuditTime {
    /// Seconds from the Unix epoch to the server's, 2000-01-01T00:00:00Z.
    private static let epoch: Int64 = 946_684_800

    /// Microseconds since 2000-01-01T00:00:00Z.
    static func microseconds(_ date: Date) -> Int64 {
        Int64((date.timeIntervalSince1970 * 1_000_000).rounded()) - epoch * 1_000_000
    }

    /// The nearest instant that is stored as it is.
    static func storable(_ date: Date) -> Date {
        Date(timeIntervalSince1970: Double(microseconds(date) + epoch * 1_000_000) / 1_000_000)
    }

    /// RFC 3339 in UTC with milliseconds.
    static func text(_ date: Date) -> String {
        let milliseconds = (microseconds(date) + epoch * 1_000_000) / 1_000
        let (days, inDay) = (milliseconds.floored(86_400_000), milliseconds.remainder(86_400_000))
        let (year, month, day) = civil(days)
        let seconds = inDay / 1_000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(seconds / 3_600, 2)):"
            + "\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(padded(inDay % 1_000, 3))Z"
    }

    /// The date in the Gregorian calendar of a day counted from 1970-01-01: years begin in March, so that the leap day is
    /// the last, and 400 years repeat.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floored(146_097)
        let dayOfEra = shifted.remainder(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    /// Quotient rounded down.
    fileprivate func floored(_ divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }

    /// What is left over, never negative.
    fileprivate func remainder(_ divisor: Int64) -> Int64 { self - floored(divisor) * divisor }
}
