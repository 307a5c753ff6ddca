/// The codes an affinity domain allows for an attribute.
///
/// Codes are compared by code and coding scheme, never by their display names.
/// - Source: ITI TF-3: 4.2.3.1.2.
public struct ValueSet: Hashable, Sendable {
    /// How errors name it.
    public let name: String
    private var codingSchemes: [String: Set<String>] = [:]

    /// An empty set.
    public init(name: String) { self.name = name }

    /// Number of different codes, whatever their coding schemes.
    public var count: Int { codingSchemes.count }

    /// Adds a code under one or more names of its coding scheme.
    mutating func insert(_ code: String, codingSchemes: Set<String>) {
        self.codingSchemes[code, default: []].formUnion(codingSchemes)
    }

    /// Takes a code of these coding schemes out.
    mutating func remove(_ code: String, codingSchemes: Set<String>) {
        guard let rest = self.codingSchemes[code]?.subtracting(codingSchemes) else { return }
        self.codingSchemes[code] = rest.isEmpty ? nil : rest
    }

    /// Whether a code of a coding scheme is in the set.
    public func contains(_ code: String, codingScheme: String) -> Bool {
        codingSchemes[code]?.contains(codingScheme) ?? false
    }

    /// Whether a value that has no coding scheme is in the set.
    public func contains(_ code: String) -> Bool { codingSchemes[code] != nil }
}
