import Schemas

/// A WSDL or XSD file as it is served: `?wsdl`, or `?xsd=rim.xsd` for the schemas that the WSDL refers to.
struct ServiceDescription: Sendable {
    let bytes: [UInt8]

    /// Answers the query strings of one endpoint.
    /// - Parameters:
    ///   - wsdl: the description; the mark `@ADDRESS@` in it is replaced.
    ///   - address: the URL of the endpoint as partners reach it.
    static func lookup(wsdl: Schemas.File, address: String) -> @Sendable (String) -> ServiceDescription? {
        let description = ServiceDescription(bytes: served(wsdl.text, replacing: "@ADDRESS@", by: address))
        return { query in
            let lowered = query.lowercased()
            if lowered == "wsdl" || lowered == "singlewsdl" { return description }
            guard lowered.hasPrefix("xsd="), let file = Schemas.xsd.first(where: { $0.name == query.dropFirst(4) })
            else {
                return nil
            }
            return ServiceDescription(
                bytes: served(file.text, replacing: "schemaLocation=\"", by: "schemaLocation=\"?xsd="))
        }
    }

    /// On disk the schemas import each other by file name; served, each is a query of its own.
    private static func served(_ text: String, replacing mark: String, by replacement: String) -> [UInt8] {
        Array(text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: replacement).utf8)
    }
}
