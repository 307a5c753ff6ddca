public import FoundationEssentials

/// Why a file is not a value set: the place in it and what is wrong there.
public struct ValueSetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that begins with the place, e.g. "compose.include[0].concept[2].code is missing".
    public let reason: String

    /// The reason.
    public var description: String { reason }
}

extension ValueSet {
    /// Reads a FHIR R4 `ValueSet` in JSON: its expansion if it has one, otherwise the concepts its compose lists.
    ///
    /// A coding scheme goes by the OID of a `urn:oid:` system; by the URL otherwise, and by the OID known for it: of a
    /// contained CodeSystem with that URL, of a widely used URL, or, if the set has no other system, of the set itself.
    /// - Throws: ValueSetError that names the place, also for a set that is described by filters or other sets.
    public init(fhir json: Data) throws(ValueSetError) {
        let resource: FHIRValueSet
        do {
            resource = try JSONDecoder().decode(FHIRValueSet.self, from: json)
        } catch let error as DecodingError {
            throw ValueSetError(error, in: json)
        } catch {
            throw ValueSetError(reason: "it cannot be read as JSON")
        }
        guard resource.resourceType == "ValueSet" else {
            throw ValueSetError(reason: "resourceType is \(resource.resourceType), not ValueSet")
        }
        self.init(name: resource.title ?? resource.name ?? "without a title")
        let systems = CodeSystems(of: resource)
        if let contains = resource.expansion?.contains {
            try insert(contains, at: "expansion.contains", systems)
        } else if let compose = resource.compose {
            try Self.enumerate(compose.include, at: "compose.include", systems) { insert($0, codingSchemes: $1) }
            try Self.enumerate(compose.exclude ?? [], at: "compose.exclude", systems) { remove($0, codingSchemes: $1) }
        } else {
            throw ValueSetError(reason: "compose is missing, and so is expansion.contains")
        }
        guard count > 0 else { throw ValueSetError(reason: "it lists no code") }
    }

    private static func enumerate(
        _ parts: [FHIRValueSet.Include], at place: String, _ systems: CodeSystems,
        _ body: (String, Set<String>) -> Void
    ) throws(ValueSetError) {
        for (index, part) in parts.enumerated() {
            let place = "\(place)[\(index)]"
            guard part.filter == nil, part.valueSet == nil, let concepts = part.concept, !concepts.isEmpty else {
                throw ValueSetError(
                    reason: "\(place) lists no concepts; sets by filter or reference have to be expanded first")
            }
            guard let system = part.system, !system.isEmpty else {
                throw ValueSetError(reason: "\(place).system is missing")
            }
            for concept in concepts { body(concept.code, systems.codingSchemes(of: system)) }
        }
    }

    private mutating func insert(
        _ parts: [FHIRValueSet.Contains], at place: String, _ systems: CodeSystems
    ) throws(ValueSetError) {
        for (index, part) in parts.enumerated() {
            let place = "\(place)[\(index)]"
            if let code = part.code, part.abstract != true {
                guard let system = part.system, !system.isEmpty else {
                    throw ValueSetError(reason: "\(place).system is missing")
                }
                insert(code, codingSchemes: systems.codingSchemes(of: system))
            }
            try insert(part.contains ?? [], at: place + ".contains", systems)
        }
    }
}

/// The names each system of a value set goes by in XDS metadata.
private struct CodeSystems {
    private var oids: [String: Set<String>] = [:]

    init(of resource: FHIRValueSet) {
        for contained in resource.contained ?? [] {
            guard let url = contained.url else { continue }
            oids[url, default: []].formUnion(contained.identifier.compactMap(\.oid))
        }
        let systems = Set(
            (resource.compose?.include ?? []).compactMap(\.system) + Self.systems(resource.expansion?.contains ?? []))
        for url in systems {
            if let oid = CodeSystemURL.oid(of: url) { oids[url, default: []].insert(oid) }
        }
        if systems.count == 1, let url = systems.first, oids[url]?.isEmpty ?? true {
            oids[url] = Set((resource.identifier ?? []).compactMap(\.oid))
        }
    }

    func codingSchemes(of system: String) -> Set<String> {
        if let oid = CodeSystemURL.oid(in: system) { return [oid] }
        return (oids[system] ?? []).union([system])
    }

    private static func systems(_ parts: [FHIRValueSet.Contains]) -> [String] {
        parts.flatMap { ($0.system.map { [$0] } ?? []) + systems($0.contains ?? []) }
    }
}

extension ValueSetError {
    fileprivate init(_ error: DecodingError, in json: Data) {
        switch error {
        case .keyNotFound(let key, let context):
            reason = "\(Self.place(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context):
            reason = "\(Self.place(context.codingPath)) is null"
        case .typeMismatch(let type, let context):
            reason = "\(Self.place(context.codingPath)) is not \(Self.word(for: type))"
        case .dataCorrupted(let context):
            reason =
                JSONFault(in: json).map { "it is not valid JSON: \($0)" }
                ?? "\(Self.place(context.codingPath)) cannot be read"
        @unknown default:
            reason = "it cannot be read"
        }
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        default: "of the right form (a list or an object)"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        if path.isEmpty { return "the resource" }
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text
    }
}
