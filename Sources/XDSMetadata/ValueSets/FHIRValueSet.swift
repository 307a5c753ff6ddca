/// The parts of a FHIR R4 `ValueSet` resource that say which codes are in it.
///
/// - Source: HL7 FHIR R4, ValueSet: `compose`, `expansion`; `contained` CodeSystems give URLs their OIDs.
struct FHIRValueSet: Decodable {
    struct Identifier: Decodable {
        let value: String?

        /// The OID in it; nil for other identifiers.
        var oid: String? { value.flatMap(CodeSystemURL.oid(in:)) }
    }

    struct Concept: Decodable {
        let code: String
    }

    struct Filter: Decodable {}

    struct Include: Decodable {
        let system: String?
        let concept: [Concept]?
        let filter: [Filter]?
        let valueSet: [String]?
    }

    struct Compose: Decodable {
        let include: [Include]
        let exclude: [Include]?
    }

    struct Contains: Decodable {
        let system: String?
        let code: String?
        let abstract: Bool?
        let contains: [Contains]?
    }

    struct Expansion: Decodable {
        let contains: [Contains]?
    }

    /// A contained resource; only CodeSystems are looked into.
    struct Contained: Decodable {
        let url: String?
        let identifier: [Identifier]

        private enum Key: String, CodingKey {
            case resourceType, url, identifier
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            guard try container.decode(String.self, forKey: .resourceType) == "CodeSystem" else {
                (url, identifier) = (nil, [])
                return
            }
            url = try container.decodeIfPresent(String.self, forKey: .url)
            identifier = try container.decodeIfPresent([Identifier].self, forKey: .identifier) ?? []
        }
    }

    let resourceType: String
    let name: String?
    let title: String?
    let identifier: [Identifier]?
    let contained: [Contained]?
    let compose: Compose?
    let expansion: Expansion?
}
