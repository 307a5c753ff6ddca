extension Organisation {
    /// What differs from the state it had, for the audit trail: `field: old -> new`, with `-` for what is not set. The fields are
    /// those of an import.
    ///
    /// The status is left out: a registration does not change it.
    /// - Parameter old: nil for an organisation that is new.
    func changes(from old: Organisation?) -> [String] {
        let before = old?.fields.map(\.value) ?? fields.map { _ in Self.unset }
        return zip(fields, before).compactMap { field, old in
            field.value == old ? nil : "\(field.name): \(old) -> \(field.value)"
        }
    }

    /// What stands for a value that is not set, in the audit trail and in a file of organisations.
    static let unset = "-"
    /// What stands for no limit on a list, there and there.
    static let unlimited = "any"

    private var fields: [(name: String, value: String)] {
        let sources: Set<String>? = if case .only(let allowed) = sourceIDs { allowed } else { nil }
        return [
            ("name", name), ("ura", ura ?? Self.unset), ("kind", kind ?? Self.unset),
            ("homeCommunityId", homeCommunityID ?? Self.unset), ("transactions", Self.list(transactions)),
            ("sourceIds", sources.map(Self.list) ?? Self.unlimited), ("reading", reading.rawValue),
            ("updates", updateScope.rawValue),
            ("confidentialityCodes", visibility.confidentialityCodes.map(Self.list) ?? Self.unlimited),
            ("classCodes", visibility.classCodes.map(Self.list) ?? Self.unlimited),
            ("maximumRequests", Self.number(limits.requests)), ("maximumBytes", Self.number(limits.bytes)),
            ("requestsPerSecond", Self.number(limits.requestsPerSecond)), ("contact", contact ?? Self.unset),
        ]
    }

    private static func list(_ values: Set<String>) -> String {
        values.isEmpty ? "none" : values.sorted().joined(separator: " ")
    }

    private static func number(_ value: Int?) -> String { value.map(String.init) ?? unset }
}
