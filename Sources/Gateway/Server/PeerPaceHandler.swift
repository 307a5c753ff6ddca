import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOTLS

/// Closes connections of peers that are too slow, as ``PeerPaceStateMachine`` decides. Sits right behind the HTTP codec.
///
/// The timer is lazy: it is set for the earliest deadline and looks again when it fires, so that a request that comes
/// and goes quickly schedules nothing.
final class PeerPaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var machine: PeerPaceStateMachine
    private let observe: @Sendable (PeerPaceViolation, SocketAddress?) -> Void
    private let explain: @Sendable (HTTPParserError, SocketAddress?) -> UnreadableRequest
    private var context: ChannelHandlerContext?
    /// Whether we have begun to close: TLS still delivers what the peer sent until it closes too.
    private var isEnding = false

    /// How long a peer whose bytes are no HTTP may read the answer that says so.
    private static let lingering = TimeAmount.seconds(2)
    private var timer: (task: Scheduled<Void>, deadline: NIODeadline)?

    /// - Parameters:
    ///   - observe: told when a peer is closed for slowness, on the event loop.
    ///   - explain: told what the parser found in a request that cannot be read, on the event loop; gives what is told of it.
    init(
        configuration: PeerPaceConfiguration,
        observe: @escaping @Sendable (PeerPaceViolation, SocketAddress?) -> Void = { _, _ in },
        explain: @escaping @Sendable (HTTPParserError, SocketAddress?) -> UnreadableRequest = { error, _ in
            .malformed(error.debugDescription)
        }
    ) {
        machine = PeerPaceStateMachine(configuration: configuration)
        self.explain = explain
        self.observe = observe
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Without a probe in front (a pipeline of plain parts in tests) a head counts from its completion.
        (try? context.pipeline.syncOperations.handler(type: PeerPaceByteProbe.self))?.handler = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            machine.started(now: context.eventLoop.now)
            updateTimer(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Reading

    /// Called by the probe.
    func bytesArrived() {
        guard let context else { return }
        machine.bytesArrived(now: context.eventLoop.now)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A request that comes while we close would be worked on and never answered.
        guard !machine.isClosing, !isEnding else { return }
        switch unwrapInboundIn(data) {
        case .head: machine.headArrived(now: context.eventLoop.now)
        case .body(let bytes): machine.bodyArrived(bytes: bytes.readableBytes, now: context.eventLoop.now)
        case .end: machine.requestEnded(now: context.eventLoop.now)
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        machine.readCompleted(now: context.eventLoop.now)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        machine.readRequested(now: context.eventLoop.now)
        updateTimer(context)
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            answerInWords(explain(error, context.channel.remoteAddress), context)
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) {
                self.context?.close(promise: nil)
            }
        }
        context.fireErrorCaught(error)
    }

    private func answerInWords(_ problem: UnreadableRequest, _ context: ChannelHandlerContext) {
        do {
            try context.pipeline.syncOperations.addHandler(UnreadableRequestHandler(problem), position: .after(self))
        } catch {
            // The pipeline is gone, and with it whoever could be answered.
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .all { isEnding = true }
        context.close(mode: mode, promise: promise)
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !machine.isClosing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let response):
            if response.status.kind != .informational { machine.answerBegan() }
        case .body:
            break
        case .end:
            machine.answerEnded(now: context.eventLoop.now)
            updateTimer(context)
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        machine.writabilityChanged(
            isWritable: context.channel.isWritable, pendingBytes: pendingBytes(context), now: context.eventLoop.now)
        updateTimer(context)
        context.fireChannelWritabilityChanged()
    }

    private func pendingBytes(_ context: ChannelHandlerContext) -> Int {
        // A channel that cannot say how much it holds is taken at its word about being writable.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? (context.channel.isWritable ? 0 : 1)
    }

    // MARK: Time

    private func updateTimer(_ context: ChannelHandlerContext) {
        guard let deadline = machine.deadline else { return }
        if let timer {
            guard deadline < timer.deadline else { return }
            timer.task.cancel()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
        timer = (task, deadline)
    }

    private func timerFired() {
        timer = nil
        guard let context else { return }
        let action = machine.timerFired(now: context.eventLoop.now, pendingBytes: pendingBytes(context))
        switch action {
        case .none:
            updateTimer(context)
        case .closeIdle:
            context.close(promise: nil)
        case .close(let violation):
            observe(violation, context.channel.remoteAddress)
            context.close(promise: nil)
        case .answerAndClose(let violation):
            observe(violation, context.channel.remoteAddress)
            answerTimeout(context)
            context.close(promise: nil)
        }
    }

    /// A plain 408, as far as the peer still listens. Source: RFC 9110, 15.5.9.
    private func answerTimeout(_ context: ChannelHandlerContext) {
        let text = ByteBuffer(string: "the request did not arrive in time\n")
        let head = HTTPResponse(
            status: .requestTimeout,
            headerFields: [
                .contentType: "text/plain; charset=utf-8", .contentLength: "\(text.readableBytes)",
                .connection: "close",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(text)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
