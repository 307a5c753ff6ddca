/// `rim:Slot`: a named list of texts.
///
/// - Source: ebRIM 3.0, section 2.5.
public struct Slot: Hashable, Sendable {
    /// `@name`, at most 256 characters.
    public var name: String
    /// `@slotType`; not used by XDS, kept.
    public var slotType: String?
    /// The values in their order, each at most 256 characters.
    public var values: [String]

    /// Makes a Slot.
    public init(name: String, slotType: String? = nil, values: [String]) {
        self.name = name
        self.slotType = slotType
        self.values = values
    }
}
