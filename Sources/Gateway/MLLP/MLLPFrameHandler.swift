import HL7Kit
import NIOCore
import NIOTLS

/// Takes messages out of the bytes of a connection (``MLLPFrameStateMachine``), and ends the connection of a peer that
/// is too slow, or silent for too long.
///
/// Each event goes to the task of the connection, which answers each with one write. At a graceful stop, and after
/// what cannot be gone on from, the input is told to be at its end: the task answers what it has, and closes.
final class MLLPFrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = MLLPFrameStateMachine.Event
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Deadline {
        case idle, message, write
    }

    private let configuration: MLLPConfiguration
    private var machine: MLLPFrameStateMachine
    private var timer: Scheduled<Void>?
    /// Whether the peer is past its handshake.
    private var isOpen = false
    /// Whether nothing is read any more.
    private var isAtEnd = false
    /// Events that were handed on and not answered yet.
    private var unanswered = 0
    /// Answers on their way.
    private var writing = 0
    private var messageBegan = NIODeadline.now()

    init(configuration: MLLPConfiguration) {
        self.configuration = configuration
        machine = MLLPFrameStateMachine(limit: configuration.messageBytes)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        isAtEnd = true
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            isOpen = true
            updateTimer(context)
        }
        context.fireUserInboundEventTriggered(event)
        if event is ChannelShouldQuiesceEvent {
            if isOpen { endInput(context) } else { context.close(promise: nil) }
        }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAtEnd else { return }
        let wasInside = machine.isInsideMessage
        let events = machine.receive(unwrapInboundIn(data).readableBytesView)
        if !wasInside || !events.isEmpty { messageBegan = context.eventLoop.now }
        for event in events { pass(event, context) }
        if events.contains(.foreign) { endInput(context) }
        updateTimer(context)
    }

    private func pass(_ event: MLLPFrameStateMachine.Event, _ context: ChannelHandlerContext) {
        unanswered += 1
        context.fireChannelRead(wrapInboundOut(event))
    }

    private func endInput(_ context: ChannelHandlerContext) {
        guard !isAtEnd else { return }
        isAtEnd = true
        context.fireChannelReadComplete()
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let written = promise ?? context.eventLoop.makePromise()
        unanswered -= 1
        writing += 1
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            let (handler, context) = bound.value
            handler.writing -= 1
            handler.updateTimer(context)
        }
        context.write(data, promise: written)
        updateTimer(context)
    }

    // MARK: Time

    private func updateTimer(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        guard isOpen, context.channel.isActive else { return }
        if writing > 0 {
            schedule(.write, at: .now() + configuration.writeTimeout, context)
        } else if unanswered > 0 || isAtEnd {
            // The next move is ours.
        } else if machine.isInsideMessage {
            schedule(.message, at: messageBegan + configuration.messageTimeout, context)
        } else {
            schedule(.idle, at: .now() + configuration.idleTimeout, context)
        }
    }

    private func schedule(_ deadline: Deadline, at time: NIODeadline, _ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.passed(deadline, context) }
    }

    private func passed(_ deadline: Deadline, _ context: ChannelHandlerContext) {
        switch deadline {
        case .message:
            if let event = machine.abandon() { pass(event, context) }
            endInput(context)
        case .idle, .write:
            context.close(promise: nil)
        }
    }
}
