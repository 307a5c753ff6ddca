/// One key of the configuration: its name, what it is, and its default.
///
/// A key `section.key` stands in the YAML file as `section:` / `key:`, and is overridden by the environment variable
/// `XDS_SECTION_KEY`; capitals inside a key become underscores (`server.trustAnchors`: `XDS_SERVER_TRUST_ANCHORS`).
struct ConfigurationKey: Sendable {
    /// How a value must look.
    enum Kind: Sendable {
        case text
        /// Never shown in messages or logs.
        case secret
        /// A whole number within the range.
        case number(ClosedRange<Int>)
        /// One of these words.
        case word([String])
        /// An OID in dotted form.
        case oid
        /// `NAME=OID`, separated by commas.
        case namespaces
        /// `urn:oid:` and an OID.
        case homeCommunityID
        /// A file that must exist and be readable.
        case file
        /// A file or folder that must exist and be readable.
        case fileOrFolder
        /// A folder that must exist and be readable.
        case folder
        /// A folder that must exist and be writable.
        case writableFolder
    }

    let name: String
    let kind: Kind
    /// Absent: the key must be given.
    let fallback: String?
    /// The key may be left out and has no default.
    let isOptional: Bool
    let meaning: String

    /// A key with a default.
    init(_ name: String, _ kind: Kind, default fallback: String, _ meaning: String) {
        self.init(name, kind, fallback: fallback, isOptional: false, meaning)
    }

    /// A key that must be given.
    init(required name: String, _ kind: Kind, _ meaning: String) {
        self.init(name, kind, fallback: nil, isOptional: false, meaning)
    }

    /// A key that may be left out.
    init(optional name: String, _ kind: Kind, _ meaning: String) {
        self.init(name, kind, fallback: nil, isOptional: true, meaning)
    }

    private init(_ name: String, _ kind: Kind, fallback: String?, isOptional: Bool, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.isOptional = isOptional
        self.meaning = meaning
    }

    /// The environment variable that overrides the key.
    var environmentVariable: String { Self.environmentVariable(of: name) }

    /// The variable of a key, or what the variables of a section begin with.
    static func environmentVariable(of name: String) -> String {
        var variable = "XDS_"
        for character in name {
            if character == "." {
                variable.append("_")
            } else {
                if character.isUppercase { variable.append("_") }
                variable.append(contentsOf: character.uppercased())
            }
        }
        return variable
    }
}
