import Yams

/// The names of the keys that a YAML file holds, and what kind of value each has. Values themselves are not kept.
struct ConfigurationOutline {
    /// The value of a key.
    enum Leaf: Sendable {
        /// Nothing, or `null`: the same as leaving the key out.
        case nothing
        /// One text, number or truth value.
        case single
        /// A list.
        case list
    }

    /// By dotted name.
    private(set) var leaves: [String: Leaf] = [:]

    /// The outline of no file.
    init() {}

    /// Reads the text of a file.
    /// - Throws: ``ConfigurationError`` that names the file and the place, and shows nothing of its content.
    init(of text: String, file: String) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError(problems: ["\(file): is not valid YAML: \(error.place)"])
        }
        guard let node, Self.leaf(node) != .nothing else { return }
        guard case .mapping = node else {
            throw ConfigurationError(problems: ["\(file): must hold sections with keys, as in docs/operations.md"])
        }
        collect(node, path: [])
    }

    /// Whether there is no key at all.
    var isEmpty: Bool { leaves.isEmpty }

    private mutating func collect(_ node: Node, path: [String]) {
        guard case .mapping(let mapping) = node else {
            leaves[path.joined(separator: ".")] = Self.leaf(node)
            return
        }
        for (key, value) in mapping { collect(value, path: path + [key.string ?? "?"]) }
    }

    private static func leaf(_ node: Node) -> Leaf {
        switch node {
        case .scalar: node.null == nil ? .single : .nothing
        case .mapping, .sequence, .alias: .list
        }
    }
}

extension YamlError {
    /// What is wrong and where. The error's own description quotes the line, which may hold a password.
    fileprivate var place: String {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case .reader(let problem, let offset, _, _):
            "character \(offset ?? 0): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "line \(context.mark.line): the key \(duplicates.joined(separator: ", ")) is given more than once"
        default:
            "it cannot be read as text"
        }
    }
}
