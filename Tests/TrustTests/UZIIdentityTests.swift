import Testing
import Trust

@Suite("UZI identity in otherName 2.5.5.5")
struct UZIIdentityTests {
    private static let server = "2.16.528.1.1003.1.3.5.5.5-1-900000001-S-00010990-00.000-00000000"

    @Test("the seven parts of a server certificate are read")
    func readsServer() throws {
        let identity = try UZIIdentity(parsing: Self.server)
        #expect(identity.authority == "2.16.528.1.1003.1.3.5.5.5")
        #expect(identity.number == "900000001")
        #expect(identity.kind == .server)
        #expect(identity.ura == "00010990")
        #expect(identity.role == "00.000")
        #expect(identity.agb == nil)
    }

    @Test("a care professional has a role and may have an AGB code")
    func readsCareProvider() throws {
        let identity = try UZIIdentity(parsing: "2.16.528.1.1003.1.3.5.5.2-1-900000002-Z-90000001-01.015-12345678")
        #expect(identity.kind == .careProvider)
        #expect(identity.role == "01.015")
        #expect(identity.agb == "12345678")
    }

    @Test(
        "anything but the exact form is refused, naming the part",
        arguments: [
            ("", UZIIdentityError.partCount(1)),
            ("2.16-1-900000001-S-00010990-00.000", .partCount(6)),
            (server + "-1", .partCount(8)),
            (String(repeating: "-", count: 10_000), .partCount(9)),
            ("2..16-1-900000001-S-00010990-00.000-00000000", .authority),
            ("-1-900000001-S-00010990-00.000-00000000", .authority),
            ("2.16-2-900000001-S-00010990-00.000-00000000", .version),
            ("2.16-01-900000001-S-00010990-00.000-00000000", .version),
            ("2.16-1-90000001-S-00010990-00.000-00000000", .number),
            ("2.16-1-90000000a-S-00010990-00.000-00000000", .number),
            ("2.16-1-900000001-s-00010990-00.000-00000000", .kind),
            ("2.16-1-900000001-X-00010990-00.000-00000000", .kind),
            ("2.16-1-900000001-S-10990-00.000-00000000", .ura),
            ("2.16-1-900000001-S-0001099\u{0660}-00.000-00000000", .ura),
            ("2.16-1-900000001-S-00010990-00000-00000000", .role),
            ("2.16-1-900000001-S-00010990-01.015-00000000", .role),
            ("2.16-1-900000001-S-00010990-00.000-0", .agb),
        ])
    func refuses(value: String, error: UZIIdentityError) {
        #expect(throws: error) { try UZIIdentity(parsing: value) }
    }

    @Test(
        "URA numbers compare in one form: eight digits, zero padded",
        arguments: [
            ("10990", "00010990"), ("00010990", "00010990"), ("000010990", "00010990"), ("12345678", "12345678"),
            ("123456789", nil), ("", nil), ("0", nil), ("1o99", nil), (" 10990", nil),
        ] as [(String, String?)])
    func normalizesURA(text: String, expected: String?) {
        #expect(UZIIdentity.normalizedURA(text) == expected)
    }
}
