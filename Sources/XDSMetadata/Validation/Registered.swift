/// An object ready for the store: its attributes, and the XML that queries return.
public struct Registered<Object: Hashable & Sendable>: Hashable, Sendable {
    /// The attributes that filters and rules use; its id is a UUID.
    public let object: Object
    /// The finished ebRIM element with prefix `rim` and no namespace declaration; ` status="URN"` is its first
    /// attribute, so that a change of status is an exchange of text.
    public let fragment: String

    init(_ object: Object, fragment: String) {
        self.object = object
        self.fragment = fragment
    }
}
