import Logging
import ServiceLifecycle
import Testing

@testable import Gateway

@Suite("Readiness: whether the front door takes requests")
struct ServingTests {
    @Test("not before it listens, and not from the moment of a stop on, even if it begins to listen then")
    func phases() async throws {
        let serving = Serving()
        #expect(serving.phase == .starting)
        serving.began()
        #expect(serving.phase == .serving)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: serving)], logger: .init(label: "test")))
        async let running: Void = group.run()
        await group.triggerGracefulShutdown()
        try await running
        #expect(serving.phase == .stopping)
        serving.began()
        #expect(serving.phase == .stopping)
    }
}
