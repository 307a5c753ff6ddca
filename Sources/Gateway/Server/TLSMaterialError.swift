/// Why the TLS material cannot be used: one sentence a problem, each beginning with the key and the file it is about.
struct TLSMaterialError: Error, Sendable, Equatable, CustomStringConvertible {
    let problems: [String]

    var description: String { problems.joined(separator: "\n") }
}
