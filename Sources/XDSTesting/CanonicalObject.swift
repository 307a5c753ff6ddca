import XDSMetadata
public import XMLKit

/// A registry object of a message in one form, whatever prefixes, ids and order of attributes its writer chose: two
/// objects say the same when their forms are equal. Made from the XML itself, not from what a decoder kept of it.
public struct CanonicalObject: Hashable, Sendable, CustomStringConvertible {
    /// The form.
    public let description: String

    /// Attributes that the registry sets, or that only name the object around.
    private static let left: Set<String> = ["id", "status", "lid", "classifiedObject", "registryObject"]

    /// The form of an element of a RegistryObjectList.
    /// - Parameter ids: what stands for the ids of the message, at both ends of an Association.
    public init(_ element: XMLElement, ids: [String: String] = [:]) {
        var text = ""
        Self.write(element, ids, to: &text)
        description = text
    }

    private static func write(_ element: XMLElement, _ ids: [String: String], to text: inout String) {
        if isSetByRegistry(element) { return }
        text += "<\(element.name)"
        let attributes = element.attributes
            .filter { !left.contains($0.name.description) }
            .map { "\($0.name)=\(isEnd($0.name) ? ids[$0.value] ?? $0.value : $0.value)" }
        for attribute in attributes.sorted() { text += "|" + attribute }
        text += ">"
        let children = Array(element.children)
        if children.isEmpty { text += element.text }
        for child in children { write(child, ids, to: &text) }
        text += "</>"
    }

    private static func isEnd(_ name: QualifiedName) -> Bool {
        name.description == "sourceObject" || name.description == "targetObject"
    }

    /// VersionInfo, and lastUpdateTime of a Folder.
    private static func isSetByRegistry(_ element: XMLElement) -> Bool {
        element.localName == "VersionInfo"
            || element.localName == "Slot" && element.attribute("name") == SlotName.lastUpdateTime
    }
}
