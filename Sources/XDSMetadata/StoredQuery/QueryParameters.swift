/// Reads the parameters of one stored query and collects every error on the way.
///
/// A query declares its parameters by calling one of four functions for each: `one`, `many`, `groups`, `exactlyOneOf`.
/// Parameters nobody asks for are ignored, as ebRS 3.0 section 6.3.2.1 wants.
/// - Source: ITI TF-2: 3.18.4.1.2.3.
struct QueryParameters {
    /// Whether a query works without a parameter.
    enum Presence {
        case required
        case optional
    }

    /// Errors so far, in the order of the declarations.
    private(set) var errors: [RegistryError] = []
    /// What was noticed so far.
    private(set) var deviations: Set<Deviation>
    private let slots: [Slot]

    init(_ query: AdhocQuery) {
        slots = query.slots
        deviations = query.deviations
    }

    /// A parameter with one value.
    mutating func one<Value>(
        _ name: String, _ type: QueryParameterType<Value>, _ presence: Presence = .optional
    ) -> Value? {
        let groups = readGroups(name, type)
        if hasRepetition(name) { return nil }
        if slotCount(name) == 1, literalCount(name) > 1 {
            report(.storedQueryParamNumber, "parameter \(name) has several values; one is allowed")
            return nil
        }
        if let value = groups?.first?.first { return value }
        if groups != nil { demand(name, presence) }
        return nil
    }

    /// A parameter with a list of values, one of which has to match; an absent one is nil, one whose values are all
    /// unknown is empty.
    mutating func many<Value>(
        _ name: String, _ type: QueryParameterType<Value>, _ presence: Presence = .optional
    ) -> [Value]? {
        guard let groups = readLists(name, type) else { return nil }
        if hasRepetition(name) { return nil }
        if presence == .required, groups.first?.isEmpty ?? true {
            demand(name, presence)
            return nil
        }
        return groups.first
    }

    /// A parameter whose Slot may be repeated: the values of one Slot are alternatives, every Slot has to match.
    mutating func groups<Value>(
        _ name: String, _ type: QueryParameterType<Value>, _ presence: Presence = .optional
    ) -> [[Value]] {
        guard let groups = readLists(name, type) else { return [] }
        if groups.isEmpty { demand(name, presence) }
        return groups
    }

    /// The one parameter that is given of several that exclude each other.
    ///
    /// None is XDSStoredQueryMissingParam, two are XDSStoredQueryParamNumber.
    mutating func exactlyOneOf(_ names: String...) -> String? {
        let given = names.filter { slotCount($0) > 0 }
        if given.count == 1 { return given[0] }
        let list = names.joined(separator: ", ")
        if given.isEmpty {
            report(.storedQueryMissingParam, "one of the parameters \(list) is required")
        } else {
            report(.storedQueryParamNumber, "only one of the parameters \(list) is allowed")
        }
        return nil
    }

    /// Adds an error of the query itself.
    mutating func report(_ code: RegistryErrorCode, _ context: String) {
        errors.append(RegistryError(code, context))
    }

    // MARK: Reading

    /// Values of every Slot of that name, in lists or alone; nil after an error.
    private mutating func readGroups<Value>(_ name: String, _ type: QueryParameterType<Value>) -> [[Value]]? {
        read(name, type) { (value) throws(FormatProblem) in
            switch value {
            case .single(let literal): ([literal], nil)
            case .list(let literals): (literals, .listForSingleValue)
            }
        }
    }

    /// Values of every Slot of that name; every Value has to be a list.
    private mutating func readLists<Value>(_ name: String, _ type: QueryParameterType<Value>) -> [[Value]]? {
        read(name, type) { (value) throws(FormatProblem) in
            guard case .list(let literals) = value else { throw FormatProblem("is not a list in parentheses") }
            return (literals, nil)
        }
    }

    private mutating func read<Value>(
        _ name: String, _ type: QueryParameterType<Value>,
        _ literals: (QueryValue) throws(FormatProblem) -> ([QueryLiteral], Deviation?)
    ) -> [[Value]]? {
        var groups: [[Value]] = []
        do throws(FormatProblem) {
            for slot in slots where slot.name == name && !slot.values.isEmpty {
                var group: [Value] = []
                for text in slot.values {
                    let (list, deviation) = try literals(try QueryValue.parse(text))
                    if let deviation { deviations.insert(deviation) }
                    for literal in list { try append(literal, as: type, to: &group) }
                }
                groups.append(group)
            }
            return groups
        } catch {
            report(.registryError, "parameter \(name): a value \(error.reason)")
            return nil
        }
    }

    private mutating func append<Value>(
        _ literal: QueryLiteral, as type: QueryParameterType<Value>, to group: inout [Value]
    ) throws(FormatProblem) {
        switch try type.read(literal) {
        case .value(let value): group.append(value)
        case .deviating(let value, let deviation):
            deviations.insert(deviation)
            group.append(value)
        case .ignored: break
        }
    }

    // MARK: Checks

    /// Number of Slots of that name that hold a value.
    private func slotCount(_ name: String) -> Int { slots.count { $0.name == name && !$0.values.isEmpty } }

    /// Number of literals, read without judging them.
    private func literalCount(_ name: String) -> Int {
        var count = 0
        for slot in slots where slot.name == name {
            for text in slot.values {
                switch try? QueryValue.parse(text) {
                case .list(let literals): count += literals.count
                case .single, nil: count += 1
                }
            }
        }
        return count
    }

    private mutating func hasRepetition(_ name: String) -> Bool {
        guard slotCount(name) > 1 else { return false }
        report(.storedQueryParamNumber, "parameter \(name) is given more than once")
        return true
    }

    private mutating func demand(_ name: String, _ presence: Presence) {
        guard presence == .required else { return }
        report(.storedQueryMissingParam, "parameter \(name) is required and has no usable value")
    }
}
