import Foundation

/// A moment by the clock on the wall in the Netherlands.
struct ReportTime: Hashable {
    let year: Int
    let month: Int
    let day: Int
    /// `14:03`.
    let clock: String

    /// UTC where the system has no time zones.
    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Amsterdam") ?? .gmt
        return calendar
    }()

    init(_ date: Date) {
        let parts = Self.calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        func padded(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        clock = "\(padded(parts.hour)):\(padded(parts.minute))"
    }
}
