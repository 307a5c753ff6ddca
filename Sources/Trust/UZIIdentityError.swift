/// Why the otherName 2.5.5.5 of a certificate is no UZI identity. Names the part, never its content.
public enum UZIIdentityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not exactly seven parts.
    case partCount(Int)
    /// Part 1 is no OID.
    case authority
    /// Part 2 is not `1`.
    case version
    /// Part 3 is not 9 digits.
    case number
    /// Part 4 is not Z, N, M or S.
    case kind
    /// Part 5 is not 8 digits.
    case ura
    /// Part 6 is not `NN.NNN`, or is a role where the kind has none.
    case role
    /// Part 7 is not 8 digits.
    case agb
    /// The certificate holds several different values.
    case ambiguous

    /// Which part is wrong, in words.
    public var description: String {
        switch self {
        case .partCount(let count): "has \(count > 8 ? "more than 8" : String(count)) parts joined by '-' instead of 7"
        case .authority: "part 1 (issuing authority) is no OID"
        case .version: "part 2 (version) is not 1"
        case .number: "part 3 (UZI number) is not 9 digits"
        case .kind: "part 4 (kind) is not Z, N, M or S"
        case .ura: "part 5 (URA) is not 8 digits"
        case .role: "part 6 (role) is not NN.NNN, or not 00.000 for an employee or server"
        case .agb: "part 7 (AGB code) is not 8 digits"
        case .ambiguous: "the certificate holds several different values"
        }
    }
}
