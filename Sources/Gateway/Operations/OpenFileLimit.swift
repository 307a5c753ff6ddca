import Glibc

/// How many files and sockets this process may have open.
enum OpenFileLimit {
    /// Raises the limit to the most the system allows this process; the usual start of 1,024 is fewer than the
    /// connections the front door takes.
    /// - Returns: the limit now in force.
    static func raise() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        return Int(clamping: setrlimit(resource, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur)
    }
}
