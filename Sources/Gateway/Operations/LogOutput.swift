import Dispatch
import Glibc
import Logging
import Synchronization

/// Where log lines go: gathered in memory, and written in their order by a queue of its own a few milliseconds later. So no
/// request waits for a collector that takes nothing, or pays for a system call of its own line.
///
/// What a collector does not take is kept up to a bound; lines that come then are lost, and counted. A process that is killed
/// loses the lines of its last milliseconds: the log may, the audit trail may not.
final class LogOutput: Sendable {
    /// Standard error of the process.
    static let standardError = LogOutput(descriptor: STDERR_FILENO)

    /// How long a line may wait for others to be written with.
    private static let gathering = DispatchTimeInterval.milliseconds(5)
    /// Lines from this level on do not wait: they may be the last words.
    private static let urgent = Logger.Level.error

    private struct State {
        var pending: [UInt8] = []
        /// Bytes that are being written.
        var leaving = 0
        var isScheduled = false
        var isUrgent = false
        var lost = 0
    }

    private let descriptor: CInt
    /// Bytes that are kept for a collector that takes nothing.
    private let capacity: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "log")

    /// - Parameters:
    ///   - descriptor: of the file to write to; it stays open as long as the process.
    ///   - capacity: bytes of lines kept at most while they cannot be written.
    init(descriptor: CInt, capacity: Int = 8 << 20) {
        self.descriptor = descriptor
        self.capacity = capacity
    }

    /// Lines that were lost, because what was to be written before them had not been taken, or because writing failed.
    var lost: Int { state.withLock { $0.lost } }

    /// Takes a line, without its end; returns at once.
    func write(_ line: String, level: Logger.Level) {
        let isUrgent = level >= Self.urgent
        let schedules = state.withLock { state in
            guard state.leaving + state.pending.count + line.utf8.count < capacity else {
                state.lost += 1
                return false
            }
            state.pending.append(contentsOf: line.utf8)
            state.pending.append(UInt8(ascii: "\n"))
            defer {
                state.isScheduled = true
                state.isUrgent = state.isUrgent || isUrgent
            }
            return isUrgent ? !state.isUrgent : !state.isScheduled
        }
        guard schedules else { return }
        if isUrgent {
            queue.async { self.drain() }
        } else {
            queue.asyncAfter(deadline: .now() + Self.gathering) { self.drain() }
        }
    }

    /// Returns when everything that was handed in is written, or the time is over.
    func flush(within time: DispatchTimeInterval = .seconds(1)) {
        let written = DispatchSemaphore(value: 0)
        queue.async {
            self.drain()
            written.signal()
        }
        _ = written.wait(timeout: .now() + time)
    }

    private func drain() {
        let lines = state.withLock { state in
            state.isScheduled = false
            state.isUrgent = false
            state.leaving = state.pending.count
            defer { state.pending = [] }
            return state.pending
        }
        defer { state.withLock { $0.leaving = 0 } }
        lines.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written < 0, errno == EAGAIN {
                    var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&readiness, 1, -1)
                } else if written == 0 || errno != EINTR {
                    // The disk is full, or nobody reads the log any more.
                    let left = rest.count { $0 == UInt8(ascii: "\n") }
                    return state.withLock { $0.lost += left }
                }
            }
        }
    }
}

/// The time of a log line: UTC with milliseconds, RFC 3339.
enum LogTime {
    private struct Second {
        var number: Int
        var text: String
    }

    /// The last second that was asked for: to find its date takes longer than everything else of a line.
    private static let last = Mutex(Second(number: .min, text: ""))

    /// As in `2026-11-27T09:03:05.042Z`.
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return text(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    static func text(seconds: Int, milliseconds: Int) -> String {
        let second = last.withLock { last in
            if last.number != seconds { last = Second(number: seconds, text: date(seconds)) }
            return last.text
        }
        return second + digits(milliseconds, 3) + "Z"
    }

    private static func date(_ seconds: Int) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let day = [Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let time = [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
        return day.map { digits($0, 2) }.joined(separator: "-") + "T"
            + time.map { digits($0, 2) }.joined(separator: ":") + "."
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
