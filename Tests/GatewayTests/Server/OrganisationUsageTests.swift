import AccessControl
import NIOCore
import SOAPKit
import Testing

@testable import Gateway

@Suite("What an organisation may use at once")
struct OrganisationUsageTests {
    private static func organisation(_ identifier: String, _ limits: Organisation.Limits = .init()) -> Organisation {
        Organisation(identifier: identifier, name: identifier, transactions: [], sourceIDs: .any, limits: limits)
    }

    private static func second(_ seconds: Double) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000_000) + .milliseconds(Int64(seconds * 1_000))
    }

    private static func limit(
        _ result: Result<OrganisationUsage.Place, OrganisationLimited>
    ) -> OrganisationLimit? {
        if case .failure(let limited) = result { limited.limit } else { nil }
    }

    @Test("requests at once: one too many is refused, one that ends makes room, another organisation has its own")
    func requests() throws {
        let usage = OrganisationUsage(defaults: .init(requests: 2))
        let gp = Self.organisation("gp")
        let first = try usage.begin(gp, bytes: 0, now: Self.second(0)).get()
        _ = try usage.begin(gp, bytes: 0, now: Self.second(0)).get()
        #expect(Self.limit(usage.begin(gp, bytes: 0, now: Self.second(0))) == .requests(2))
        #expect(Self.limit(usage.begin(Self.organisation("hospital"), bytes: 0, now: Self.second(0))) == nil)
        usage.end(first)
        #expect(Self.limit(usage.begin(gp, bytes: 0, now: Self.second(0))) == nil)
        #expect(usage.requests(of: "gp") == 2)
    }

    @Test("an organisation's own limit goes before the default, up and down")
    func own() {
        let usage = OrganisationUsage(defaults: .init(requests: 2))
        let small = Self.organisation("small", .init(requests: 1))
        let large = Self.organisation("large", .init(requests: 3))
        #expect(
            (0..<3).map { _ in Self.limit(usage.begin(small, bytes: 0, now: Self.second(0))) == nil } == [
                true, false, false,
            ])
        #expect(
            (0..<4).map { _ in Self.limit(usage.begin(large, bytes: 0, now: Self.second(0))) == nil } == [
                true, true, true, false,
            ])
    }

    @Test("bytes at once: announced ones at the head, others as they come; all are given back")
    func bytes() throws {
        let usage = OrganisationUsage(defaults: .init(bytes: 100))
        let gp = Self.organisation("gp")
        let announced = try usage.begin(gp, bytes: 60, now: Self.second(0)).get()
        #expect(Self.limit(usage.begin(gp, bytes: 41, now: Self.second(0))) == .bytes(100))
        let chunked = try usage.begin(gp, bytes: 0, now: Self.second(0)).get()
        try usage.receive(40, at: chunked)
        #expect(chunked.overrun == nil)
        #expect(throws: OrganisationLimited(organisation: "gp", limit: .bytes(100))) {
            try usage.receive(1, at: chunked)
        }
        #expect(chunked.overrun == .bytes(100))
        #expect(announced.overrun == nil)
        #expect(usage.bytes(of: "gp") == 100)
        usage.end(chunked)
        usage.end(announced)
        #expect(usage.bytes(of: "gp") == 0 && usage.requests(of: "gp") == 0)
        #expect(Self.limit(usage.begin(gp, bytes: .max, now: Self.second(0))) == .bytes(100))
    }

    @Test("the rate: a second's requests at once, then as fast as the bucket fills; a refused one costs nothing")
    func rate() {
        let usage = OrganisationUsage(defaults: .init(requestsPerSecond: 10))
        let gp = Self.organisation("gp")
        func begin(_ time: Double) -> OrganisationLimit? {
            Self.limit(usage.begin(gp, bytes: 0, now: Self.second(time)))
        }
        #expect((0..<12).map { _ in begin(0) }.filter { $0 == nil }.count == 10)
        #expect(begin(0.05) == .rate(10))
        #expect(begin(0.1) == nil)
        #expect(begin(0.1) == .rate(10))
        #expect((0..<30).map { _ in begin(60) }.filter { $0 == nil }.count == 10)
    }

    @Test("without limits everything passes")
    func unlimited() {
        let usage = OrganisationUsage(defaults: .init())
        let gp = Self.organisation("gp")
        #expect((0..<5_000).allSatisfy { _ in Self.limit(usage.begin(gp, bytes: 1 << 40, now: Self.second(0))) == nil })
    }

    @Test(
        "the fault says which limit, and when to try again",
        arguments: [
            (OrganisationLimit.requests(2), "gp has 2 requests in work"), (.bytes(5), "more than 5 bytes at once"),
            (.rate(7), "may make 7 requests a second"), (.turn(seconds: 30), "waited 30 s for its turn"),
            (.envelopes(9), "more than 9 bytes at once"),
        ])
    func faults(limit: OrganisationLimit, words: String) {
        let fault = limit.fault(organisation: "gp")
        #expect(fault.httpStatus == 429)
        #expect(fault.reason.contains(words))
        #expect(fault.reason.contains("try again in 1 s"))
    }
}

@Suite("Bodies that trickle")
struct BodyStallTests {
    private static let stall = BodyStall(limit: .seconds(20), bytesPerSecond: 1_000, observe: { _, _ in })

    @Test(
        "the pace counts only while the peer is waited for",
        arguments: [
            // Waited, bytes, too slow.
            (20, 19_999, true), (20, 20_000, false), (10, 9_999, true), (10, 10_000, false), (9, 0, false),
            (0, 0, false),
        ])
    func pace(waited: Int, bytes: Int, isTooSlow: Bool) {
        let last = BodyStall.Mark(waited: .seconds(3), bytes: 500)
        let mark = BodyStall.Mark(waited: .seconds(3 + waited), bytes: 500 + bytes)
        #expect(Self.stall.isTooSlow(from: last, to: mark) == isTooSlow)
    }
}
