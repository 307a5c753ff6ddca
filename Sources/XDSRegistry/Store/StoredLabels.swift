import XDSMetadata

// The labels of the database's enumerations, for the URNs of the Framework.

extension AvailabilityStatus {
    /// Label of `availability_status`.
    var label: String {
        switch self {
        case .approved: "Approved"
        case .deprecated: "Deprecated"
        }
    }

    /// Of a label.
    init(label: String) {
        self = label == "Approved" ? .approved : .deprecated
    }
}

extension DocumentEntryType {
    /// Label of `document_entry_type`.
    var label: String {
        switch self {
        case .stable: "Stable"
        case .onDemand: "OnDemand"
        }
    }

    /// Of a label.
    init(label: String) {
        self = label == "Stable" ? .stable : .onDemand
    }
}

extension DocumentAvailability {
    /// Label of `document_availability`.
    var label: String {
        switch self {
        case .online: "Online"
        case .offline: "Offline"
        }
    }
}

extension ObjectKind {
    /// The element a fragment of this kind is.
    var element: String {
        switch self {
        case .documentEntry: "rim:ExtrinsicObject"
        case .submissionSet, .folder: "rim:RegistryPackage"
        case .association: "rim:Association"
        }
    }
}
