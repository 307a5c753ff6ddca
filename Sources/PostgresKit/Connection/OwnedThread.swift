import Glibc

/// A detached thread with all signals blocked, so that the process' handlers run elsewhere.
enum OwnedThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs a closure on a new thread.
    /// - Parameter onFailure: called on this thread when the system has no thread to give.
    static func start(_ run: @escaping @Sendable () -> Void, onFailure: () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                var signals = sigset_t()
                sigfillset(&signals)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
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
