/// Which attributes are bound to which value sets, and what becomes of a code outside.
///
/// - Source: ITI TF-2: 3.42.4.1.3 leaves the value sets to the affinity domain.
public struct ValueSetBindings: Sendable {
    /// What becomes of a code outside.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// An error refuses the submission.
        case reject
        /// The submission is registered, and the answer has a warning.
        case warn
        /// Nothing is checked.
        case off
    }

    /// One binding.
    public struct Binding: Hashable, Sendable {
        /// The allowed codes.
        public let valueSet: ValueSet
        /// What becomes of others.
        public let mode: Mode
    }

    private var bindings: [CodedAttribute: Binding] = [:]

    /// Nothing is bound.
    public init() {}

    /// Binds an attribute, in place of an earlier binding.
    public mutating func bind(_ attribute: CodedAttribute, to valueSet: ValueSet, mode: Mode) {
        bindings[attribute] = mode == .off ? nil : Binding(valueSet: valueSet, mode: mode)
    }

    /// The binding of an attribute; nil if its codes are not checked.
    public subscript(attribute: CodedAttribute) -> Binding? { bindings[attribute] }

    /// The bound attributes.
    public var attributes: Set<CodedAttribute> { Set(bindings.keys) }
}
