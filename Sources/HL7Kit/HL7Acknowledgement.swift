/// The answer to a message, in the original mode: ACK with MSA, and ERR where it is not AA.
///
/// - Source: HL7 v2.3.1, chapter 2, sections 2.13 and 2.24.2; the ERR fields from ERR-2 on are those of v2.5, and are
///   written to senders of v2.5 or later only.
public struct HL7Acknowledgement: Sendable {
    /// MSA-1.
    public enum Code: String, Sendable {
        /// Accepted: what the message asks for is done and durable.
        case accept = "AA"
        /// The content of the message is wrong; sending it again does not help.
        case error = "AE"
        /// Rejected for its type or version, for lack of a right, or because we cannot at the moment.
        case reject = "AR"
    }

    /// MSA-1.
    public let code: Code
    /// MSA-3: one sentence, where there is something to say.
    public let text: String?
    /// What is wrong; none with AA.
    public let problems: [HL7Problem]

    private init(code: Code, text: String?, problems: [HL7Problem]) {
        self.code = code
        self.text = text
        self.problems = problems
    }

    /// AA.
    /// - Parameter note: what the sender should know nevertheless.
    public static func accepted(note: String? = nil) -> HL7Acknowledgement {
        HL7Acknowledgement(code: .accept, text: note, problems: [])
    }

    /// AE.
    public static func error(_ problem: HL7Problem) -> HL7Acknowledgement {
        HL7Acknowledgement(code: .error, text: problem.text, problems: [problem])
    }

    /// AR.
    public static func rejected(_ problem: HL7Problem) -> HL7Acknowledgement {
        HL7Acknowledgement(code: .reject, text: problem.text, problems: [problem])
    }

    /// The message, ready for its frame.
    /// - Parameters:
    ///   - message: the bytes it answers, or their beginning: sender and receiver change places, delimiters, version
    ///     and character set stay. A message without MSH is answered too, and MSA-2 is empty then.
    ///   - time: MSH-7, `YYYYMMDDhhmmss`.
    ///   - controlID: MSH-10 of the answer.
    public func encoded(answering message: some Collection<UInt8>, at time: String, controlID: String) -> [UInt8] {
        let head = HL7MessageHead(of: message)
        let delimiters = head?.delimiters ?? .standard
        let version = head?.field(12) ?? ""
        let separator = String(delimiters.field)
        var lines = [
            header(head, delimiters, time: time, controlID: controlID),
            ["MSA", code.rawValue, String(head?.field(10) ?? ""), HL7Escape.encode(text ?? "", delimiters)],
        ]
        lines += problems.map { Self.error($0, version: version, delimiters) }
        let text = lines.map { fields in
            var fields = fields
            while fields.last?.isEmpty == true { fields.removeLast() }
            return fields.joined(separator: separator) + "\r"
        }.joined()
        return (head?.characterSet ?? .ascii).encode(text)
    }

    private func header(
        _ head: HL7MessageHead?, _ delimiters: HL7Delimiters, time: String, controlID: String
    ) -> [String] {
        let component = String(delimiters.component)
        let event =
            head?.field(9).split(separator: delimiters.component, omittingEmptySubsequences: false)
            .dropFirst().first ?? ""
        let version = String(head?.field(12) ?? "")
        let type = ["ACK", String(event)].filter { !$0.isEmpty }.joined(separator: component)
        func field(_ place: Int) -> String { String(head?.field(place) ?? "") }
        // MSH-18 is the last of these; 13 to 17 stay empty.
        return [
            "MSH", delimiters.encodingCharacters, field(5), field(6), field(3), field(4), time, "", type, controlID,
            field(11).isEmpty ? "P" : field(11), version.isEmpty ? "2.3.1" : version, "", "", "", "", "", field(18),
        ]
    }

    /// ERR-1 as v2.3.1 has it: segment, sequence, field, and the code with its parts as subcomponents.
    private static func error(_ problem: HL7Problem, version: Substring, _ delimiters: HL7Delimiters) -> [String] {
        let component = String(delimiters.component)
        let place = [
            problem.location?.segment ?? "", problem.location.map { "\($0.sequence)" } ?? "",
            problem.location?.field.map { "\($0)" } ?? "",
        ]
        let code = ["\(problem.code.rawValue)", problem.code.text, "HL70357"]
        let text = HL7Escape.encode(problem.text, delimiters)
        guard isAtLeast25(version) else {
            let inner = delimiters.subcomponent.map { code.joined(separator: String($0)) } ?? code[0]
            return ["ERR", (place + [inner]).joined(separator: component)]
        }
        var location = place
        while location.last?.isEmpty == true { location.removeLast() }
        return [
            "ERR", "", location.joined(separator: component), code.joined(separator: component), "E", "", "", "", text,
        ]
    }

    /// Compares the first two numbers of a version.
    private static func isAtLeast25(_ version: Substring) -> Bool {
        let numbers = version.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 2 else { return false }
        return (numbers[0], numbers[1]) >= (2, 5)
    }
}
