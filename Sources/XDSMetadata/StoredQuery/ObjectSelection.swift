public import FoundationEssentials

/// How a Get query names objects of one kind; exactly one way. Values that name no object give no result and no error.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.7.5 to 3.18.4.1.2.3.7.13.
public enum ObjectSelection: Hashable, Sendable {
    /// By entryUUID. Values that are no UUID name nothing and are left out.
    case entryUUIDs([UUID])
    /// By uniqueId; one may stand for several objects.
    case uniqueIds([String])
    /// By logicalID, at metadata level 2.
    case logicalIDs([UUID])
}

extension QueryParameters {
    /// Objects by lists of ids.
    ///
    /// A logicalID belongs to level 2; alone at level 1 it counts as missing, as an unknown parameter would.
    /// - Returns: nil if no way is usable.
    mutating func objects(
        entryUUID: String, uniqueId: String, logicalID: String? = nil, level: MetadataLevel
    ) -> ObjectSelection? {
        let given = exactlyOneOf([entryUUID, uniqueId] + (logicalID.map { [$0] } ?? []))
        switch given {
        case entryUUID: return many(entryUUID, .entryUUID).map { .entryUUIDs($0) }
        case uniqueId: return many(uniqueId, .text).map { .uniqueIds($0) }
        case .some(let name) where level == .all: return many(name, .entryUUID).map { .logicalIDs($0) }
        case .some(let name):
            report(
                .storedQueryMissingParam,
                "parameter \(name) needs \(QueryParameterName.metadataLevel) 2; "
                    + "without it \(entryUUID) or \(uniqueId) is required", parameter: name)
            return nil
        case nil: return nil
        }
    }

    /// One object by one id; at level 2 a uniqueId stands for all its versions.
    /// - Returns: nil if no way is usable.
    mutating func object(entryUUID: String, uniqueId: String) -> ObjectSelection? {
        switch exactlyOneOf([entryUUID, uniqueId]) {
        case entryUUID: .entryUUIDs(one(entryUUID, .entryUUID).map { [$0] } ?? [])
        case uniqueId: one(uniqueId, .text).map { .uniqueIds([$0]) }
        default: nil
        }
    }
}
