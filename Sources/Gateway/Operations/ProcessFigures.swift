import Foundation

/// What the operating system says about this process, read from `/proc` at each scrape.
struct ProcessFigures {
    /// Bytes of memory in RAM.
    let residentBytes: Int
    /// Seconds of processor time, user and system.
    let cpuSeconds: Double
    let openFiles: Int
    let threads: Int

    /// Reads `/proc/self`; figures that cannot be read are zero.
    static func read() -> ProcessFigures {
        var residentBytes = 0
        var threads = 0
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        for line in status.split(separator: "\n") {
            let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " || $0 == ":" })
            guard fields.count >= 2, let number = Int(fields[1]) else { continue }
            if fields[0] == "VmRSS" { residentBytes = number * 1024 }
            if fields[0] == "Threads" { threads = number }
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        let microseconds = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        return ProcessFigures(
            residentBytes: residentBytes, cpuSeconds: seconds + microseconds / 1e6, openFiles: files, threads: threads)
    }

    /// As samples for `/metrics`.
    var samples: [MetricsRegistry.Sample] {
        [
            .init("process_resident_memory_bytes", .gauge, "Memory in RAM.", [], Double(residentBytes)),
            .init("process_cpu_seconds_total", .counter, "Processor time used.", [], cpuSeconds),
            .init("process_open_fds", .gauge, "Open files and sockets.", [], Double(openFiles)),
            .init("process_threads", .gauge, "Threads.", [], Double(threads)),
        ]
    }
}
