import Glibc

/// How a program ended and what it said.
struct CommandOutcome: Sendable {
    /// The exit status; -1 when it could not be started or was ended by a signal.
    let status: Int32
    /// Standard output and error together.
    let output: String

    /// Runs a program, found by `PATH`, and waits for its end. Blocks.
    ///
    /// The program gets the three standard descriptors, `PATH`, and the folder `/tmp` to be in; what it leaves running
    /// in the background is not waited for.
    init(running command: [String]) {
        // A file and no pipe: a server left in the background would keep a pipe open.
        guard let log = tmpfile() else {
            self.init(status: -1, output: "no temporary file")
            return
        }
        defer { fclose(log) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, fileno(log), 1)
        posix_spawn_file_actions_adddup2(&actions, fileno(log), 2)
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let arguments = (["bash", "-c", Self.script, "bash"] + command).map { strdup($0) } + [nil]
        let environment = [strdup("PATH=\(path)"), strdup("LC_ALL=C"), nil]
        defer { for text in arguments + environment { free(text) } }
        var process = pid_t()
        let failure = posix_spawn(&process, "/bin/bash", &actions, nil, arguments, environment)
        guard failure == 0 else {
            self.init(status: -1, output: String(cString: strerror(failure)))
            return
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let isExit = status & 0x7f == 0
        self.init(status: isExit ? (status >> 8) & 0xff : -1, output: Self.text(of: log))
    }

    /// Inherits nothing but the three standard descriptors: a server counts what it inherited among the files it may open.
    private static let script = """
        for file in /proc/self/fd/*; do n=${file##*/}; [ "$n" -le 2 ] || eval "exec $n>&-"; done
        cd /tmp && exec "$@"
        """

    private init(status: Int32, output: String) {
        self.status = status
        self.output = output
    }

    private static func text(of file: UnsafeMutablePointer<FILE>) -> String {
        rewind(file)
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
