/// What an error is about: one object of a message, by its kind and its id as the sender wrote it.
///
/// A context names it in words ("DocumentEntry Document01: classCode is missing"), a location by a path that programs
/// may rely on: `XDSRegistry/DocumentEntry[Document01]/classCode`.
/// - Source: ITI TF-3: 4.2.4.1 leaves the content of `@location` to the implementation.
public struct ErrorSubject: Hashable, Sendable, CustomStringConvertible {
    /// The whole submission, where no object of it is meant.
    public static let submission = "Submission"
    /// A query, where none of its parameters is meant.
    public static let query = "AdhocQuery"

    /// What it is, e.g. `DocumentEntry`.
    public let kind: String
    /// Its id; empty if the sender left it out.
    public let id: String

    /// Names an object.
    public init(_ kind: String, _ id: String) {
        self.kind = kind
        self.id = id
    }

    /// How contexts name it: kind and id.
    public var description: String { "\(kind) \(id.isEmpty ? "without id" : id)" }

    /// An error about the object, or about one of its attributes.
    ///
    /// - Parameters:
    ///   - reason: a sentence about the object; the context puts its name before it.
    ///   - attribute: the attribute that the location names too.
    public func error(
        _ code: RegistryErrorCode, _ reason: String, attribute: String? = nil,
        severity: RegistryErrorSeverity = .error
    ) -> RegistryError {
        RegistryError(code, "\(self): \(reason)", severity: severity, location: place(of: attribute))
    }

    /// The path of the object, or of one of its attributes.
    func place(of attribute: String? = nil) -> String { "\(kind)[\(id)]" + (attribute.map { "/" + $0 } ?? "") }

    /// The whole id of the object of this kind that a location names; `nil` if it names none.
    static func id(of kind: String, in location: String) -> String? {
        guard let start = location.firstRange(of: "\(kind)[")?.upperBound,
            let end = location.lastIndex(of: "]"), start <= end
        else { return nil }
        return String(location[start..<end])
    }
}

/// The actor that found an error: the first step of its location.
public enum ErrorFinder: String, Sendable {
    /// The Document Registry.
    case registry = "XDSRegistry"
    /// The Document Repository.
    case repository = "XDSRepository"
}

extension RegistryError {
    /// The same error with its whole location: the actor, then the object, or the submission if none is named.
    public func found(by finder: ErrorFinder) -> RegistryError {
        var error = self
        error.location = "\(finder.rawValue)/\(location ?? ErrorSubject.submission)"
        return error
    }
}
