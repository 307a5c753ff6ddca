/// Reads the parameters of one stored query and collects every error on the way.
///
/// A query declares its parameters by calling one of four functions for each: `one`, `many`, `groups`, `exactlyOneOf`.
/// Parameters nobody asks for are ignored, as ebRS 3.0 section 6.3.2.1 wants. A Slot without a value, or with empty
/// lists only, counts as absent.
/// - Source: ITI TF-2: 3.18.4.1.2.3.
struct QueryParameters {
    /// Whether a query works without a parameter.
    enum Presence {
        /// It has a value that is understood.
        case required
        /// It is given; values that name nothing are no error.
        case given
        /// It may be absent.
        case optional
    }

    /// Errors so far, in the order of the declarations.
    private(set) var errors: [RegistryError] = []
    /// What was noticed so far.
    private(set) var deviations: Set<Deviation>
    private let slots: [ParameterSlot]

    init(_ query: AdhocQuery) {
        slots = query.slots.map(ParameterSlot.init).filter { !$0.isEmpty }
        deviations = query.deviations
    }

    /// A parameter with one value.
    mutating func one<Value>(
        _ name: String, _ type: QueryParameterType<Value>, _ presence: Presence = .optional
    ) -> Value? {
        guard let slot = only(name, presence), let literals = read(slot, .single) else { return nil }
        guard literals.count == 1 else {
            report(.storedQueryParamNumber, "parameter \(name) has several values; one is allowed", parameter: name)
            return nil
        }
        guard let values = values(of: literals, name, type) else { return nil }
        if values.isEmpty, presence == .required { demand(name) }
        return values.first
    }

    /// A parameter with a list of values, one of which has to match; an absent one is nil, one whose values are all
    /// unknown is empty.
    mutating func many<Value>(
        _ name: String, _ type: QueryParameterType<Value>, _ presence: Presence = .optional
    ) -> [Value]? {
        guard let slot = only(name, presence), let literals = read(slot, .list),
            let values = values(of: literals, name, type)
        else { return nil }
        guard values.isEmpty, presence == .required else { return values }
        demand(name)
        return nil
    }

    /// A parameter whose Slot may be repeated: the values of one Slot are alternatives, every Slot has to match.
    mutating func groups<Value>(
        _ name: String, _ type: QueryParameterType<Value>, _ presence: Presence = .optional
    ) -> [[Value]] {
        var groups: [[Value]] = []
        for slot in all(name, presence) {
            guard let literals = read(slot, .list), let values = values(of: literals, name, type) else { return [] }
            groups.append(values)
        }
        return groups
    }

    /// The one parameter that is given of several that exclude each other.
    ///
    /// None is XDSStoredQueryMissingParam, two are XDSStoredQueryParamNumber.
    mutating func exactlyOneOf(_ names: [String]) -> String? {
        let given = atMostOneOf(names)
        if given == nil, !names.contains(where: isGiven) { demand(oneOf: names) }
        return given
    }

    /// The parameter that is given of several that exclude each other; two are XDSStoredQueryParamNumber.
    @discardableResult
    mutating func atMostOneOf(_ names: [String]) -> String? {
        let given = names.filter(isGiven)
        if given.count > 1 {
            report(.storedQueryParamNumber, "only one of the parameters \(given.joined(separator: ", ")) is allowed")
        }
        return given.count == 1 ? given.first : nil
    }

    /// At least one parameter is given of several; none is XDSStoredQueryMissingParam.
    mutating func atLeastOneOf(_ names: [String]) {
        if !names.contains(where: isGiven) { demand(oneOf: names) }
    }

    /// Whether there is a Slot of that name with a value.
    func isGiven(_ name: String) -> Bool { slots.contains { $0.name == name } }

    /// Adds an error of the query itself, or of the parameter that the location names too.
    mutating func report(_ code: RegistryErrorCode, _ context: String, parameter: String? = nil) {
        let place = ErrorSubject.query + (parameter.map { "/" + $0 } ?? "")
        errors.append(RegistryError(code, context, location: place).found(by: .registry))
    }

    // MARK: Reading

    /// How the values of a parameter are written.
    private enum Form {
        /// Alone; a list is a habit of some senders.
        case single
        /// Each Value is a list in parentheses.
        case list
    }

    /// The Slots of that name.
    private mutating func all(_ name: String, _ presence: Presence) -> [ParameterSlot] {
        let given = slots.filter { $0.name == name }
        if given.isEmpty, presence != .optional { demand(name) }
        return given
    }

    /// The Slot of a parameter that may be given once.
    private mutating func only(_ name: String, _ presence: Presence) -> ParameterSlot? {
        let given = all(name, presence)
        guard given.count > 1 else { return given.first }
        report(.storedQueryParamNumber, "parameter \(name) is given more than once", parameter: name)
        return nil
    }

    private mutating func read(_ slot: ParameterSlot, _ form: Form) -> [QueryLiteral]? {
        do throws(FormatProblem) {
            var literals: [QueryLiteral] = []
            for value in try slot.values.get() {
                switch (value, form) {
                case (.list(let list), .list): literals += list
                case (.list(let list), .single):
                    deviations.insert(.listForSingleValue)
                    literals += list
                case (.single(let literal), .single): literals.append(literal)
                case (.single, .list): throw FormatProblem("is not a list in parentheses")
                }
            }
            return literals
        } catch {
            report(.registryError, "parameter \(slot.name): a value \(error.reason)", parameter: slot.name)
            return nil
        }
    }

    private mutating func values<Value>(
        of literals: [QueryLiteral], _ name: String, _ type: QueryParameterType<Value>
    ) -> [Value]? {
        var values: [Value] = []
        do throws(FormatProblem) {
            for literal in literals {
                switch try type.read(literal) {
                case .value(let value): values.append(value)
                case .deviating(let value, let deviation):
                    deviations.insert(deviation)
                    values.append(value)
                case .ignored: break
                }
            }
            return values
        } catch {
            report(.registryError, "parameter \(name): a value \(error.reason)", parameter: name)
            return nil
        }
    }

    // MARK: Errors

    private mutating func demand(_ name: String) {
        report(.storedQueryMissingParam, "parameter \(name) is required and has no usable value", parameter: name)
    }

    private mutating func demand(oneOf names: [String]) {
        report(.storedQueryMissingParam, "one of the parameters \(names.joined(separator: ", ")) is required")
    }
}

/// A Slot of a query with its Values read once.
private struct ParameterSlot {
    let name: String
    /// The Values; what is wrong with the first malformed one.
    let values: Result<[QueryValue], FormatProblem>

    init(_ slot: Slot) {
        name = slot.name
        do throws(FormatProblem) {
            var values: [QueryValue] = []
            for text in slot.values { values.append(try QueryValue.parse(text)) }
            self.values = .success(values)
        } catch {
            values = .failure(error)
        }
    }

    /// Whether there is nothing in it: no Value, or lists without a literal.
    var isEmpty: Bool {
        switch values {
        case .success(let values): values.allSatisfy { $0 == .list([]) }
        case .failure: false
        }
    }
}
