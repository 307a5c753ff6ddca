import FoundationEssentials

/// Random values of the data types of XDS, valid by their definitions (ITI TF-3: 4.2.3.1.7).
enum GeneratedValue {
    private static let words = [
        "ontslag", "brief", "patiënt", "coördinatie", "reünie", "€ 12,50", "café", "ĳs", "漢字", "🙂", "<rim:Slot>",
        "&amp;",
        "'s-Gravenhage", "\"aanhaling\"", "100%", "_", "]]>", "{{x}}", "\\", "$1", "--", "e\u{301}",
    ]

    /// Words with one space between them; no HL7 delimiter, nothing around them.
    static func text(_ random: inout SeededGenerator, words count: ClosedRange<Int> = 1...5) -> String {
        random.some(count) { $0.one(of: words) }.joined(separator: " ")
    }

    /// A word of letters only.
    static func name(_ random: inout SeededGenerator) -> String {
        random.one(of: ["Jansen", "de Vries", "Bakker", "O'Brien", "Müller", "Ĳsbrandy", "van der Zon"])
    }

    /// An OID below the example arc.
    static func oid(_ random: inout SeededGenerator) -> String {
        "2.999.\(random.number(0...99)).\(UInt64.random(in: 1...UInt64.max, using: &random))"
    }

    /// A UUID URN.
    static func uuid(_ random: inout SeededGenerator) -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        var text = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { text += "-" }
            text.append(digit)
        }
        return "urn:uuid:" + text
    }

    /// uniqueId of a document, in each form there is.
    static func uniqueId(_ random: inout SeededGenerator) -> String {
        switch random.number(0...3) {
        case 0: oid(&random)
        case 1: oid(&random) + "^ext." + String(random.number(0...9999))
        case 2: uuid(&random)
        default: "http://voorbeeld.invalid/doc?id=" + String(UInt64.random(in: 0...UInt64.max, using: &random))
        }
    }

    /// A time between two years, at any precision.
    static func time(_ random: inout SeededGenerator, years: ClosedRange<Int> = 1900...2030) -> String {
        let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        let parts = [
            String(random.number(years)), two(random.number(1...12)), two(random.number(1...28)),
            two(random.number(0...23)), two(random.number(0...59)), two(random.number(0...59)),
        ]
        return parts.prefix(random.number(1...6)).joined()
    }

    /// A patient id of some domain.
    static func patientId(_ random: inout SeededGenerator) -> String {
        "P\(random.number(1...99999))^^^&\(oid(&random))&ISO"
    }

    /// XCN.
    static func person(_ random: inout SeededGenerator) -> String {
        switch random.number(0...2) {
        case 0: "^\(name(&random))^\(name(&random))"
        case 1: "\(random.number(1...99999))^\(name(&random))^\(name(&random))^^^dr.^^^&\(oid(&random))&ISO"
        default: String(random.number(1...99999))
        }
    }

    /// XON.
    static func organisation(_ random: inout SeededGenerator) -> String {
        switch random.number(0...2) {
        case 0: "Ziekenhuis \(name(&random))"
        case 1: "Praktijk \(name(&random))^^^^^^^^^\(oid(&random))"
        default: "Huis \(name(&random))^^^^^&\(oid(&random))&ISO^^^^\(random.number(1...99999))"
        }
    }

    /// XTN.
    static func telecommunication(_ random: inout SeededGenerator) -> String {
        random.oneIn(2) ? "^^PH^^31^570^\(random.number(100_000...999_999))" : "^^Internet^arts@voorbeeld.invalid"
    }

    /// A role or specialty: text, or a coded string.
    static func role(_ random: inout SeededGenerator) -> String {
        random.oneIn(2) ? name(&random) : "\(random.number(1...999))^^^&\(oid(&random))&ISO"
    }

    /// CXi.
    static func reference(_ random: inout SeededGenerator) -> String {
        random.oneIn(2)
            ? "\(random.number(1...99999))^^^&\(oid(&random))&ISO^urn:ihe:iti:xds:2013:order"
            : "\(oid(&random))^^^^urn:ihe:iti:xdw:2013:workflowInstanceId"
    }

    /// intendedRecipient.
    static func recipient(_ random: inout SeededGenerator) -> String {
        switch random.number(0...2) {
        case 0: organisation(&random)
        case 1: "|" + person(&random)
        default: organisation(&random) + "|" + person(&random) + "|" + telecommunication(&random)
        }
    }

    /// sourcePatientInfo.
    static func sourcePatientInfo(_ random: inout SeededGenerator) -> [String] {
        var values = random.some(0...2) { "PID-3|\(patientId(&$0))" } + ["PID-5|\(name(&random))^\(name(&random))"]
        if random.oneIn(2) { values.append("PID-7|" + time(&random, years: 1920...2010)) }
        if random.oneIn(2) { values.append("PID-8|" + random.one(of: ["F", "M", "U"])) }
        return values
    }

    /// 40 hexadecimal digits, in either case.
    static func hash(_ random: inout SeededGenerator) -> String {
        let digits = Array(random.oneIn(2) ? "0123456789abcdef" : "0123456789ABCDEF")
        return String((0..<40).map { _ in random.one(of: digits) })
    }
}
