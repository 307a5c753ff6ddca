import CLibPQ
import Glibc

/// A detached thread with all signals blocked, so that the process' handlers run elsewhere.
enum OwnedThread {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Runs a closure on a new thread.
    /// - Parameters:
    ///   - name: as the tools of the system show the thread; fifteen bytes at most.
    ///   - onFailure: called on this thread when the system has no thread to give.
    static func start(named name: String, _ run: @escaping @Sendable () -> Void, onFailure: () -> Void) {
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                var signals = sigset_t()
                sigfillset(&signals)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                clibpq_name_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            onFailure()
            return
        }
        pthread_detach(thread)
    }
}
