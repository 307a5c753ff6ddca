import Foundation
import XDSMetadata

/// The folder with the value sets of the region: FHIR `ValueSet` files, each named after the attribute it binds
/// (`classCode.json`).
struct ValueSetFolder: Sendable {
    /// The folder; `nil`: no code is checked.
    let path: String?
    /// What becomes of codes outside, unless an attribute says otherwise.
    let mode: ValueSetBindings.Mode
    /// What single attributes say.
    let modes: [CodedAttribute: ValueSetBindings.Mode]

    /// Takes the values out of a checked source.
    init(_ source: ConfigurationSource) {
        path = source.optionalString("valueSets.folder")
        mode = ValueSetBindings.Mode(rawValue: source.string("valueSets.mode")) ?? .reject
        var modes: [CodedAttribute: ValueSetBindings.Mode] = [:]
        for attribute in CodedAttribute.allCases {
            modes[attribute] = source.optionalString("valueSets.\(attribute.rawValue)")
                .flatMap(ValueSetBindings.Mode.init(rawValue:))
        }
        self.modes = modes
    }

    /// Reads the files.
    /// - Throws: ``ConfigurationError`` with every file that is no value set and the place in it, every file that binds
    ///   nothing, and every attribute that lacks its file.
    func bindings() throws(ConfigurationError) -> ValueSetBindings {
        var bindings = ValueSetBindings()
        var problems: [String] = []
        let files = path.map { Self.files(in: $0) } ?? []
        if let path, files.isEmpty { problems.append("valueSets.folder: \(path) holds no .json file") }
        for file in files where CodedAttribute(file: file) == nil { problems.append(Self.unknown(file, in: path)) }
        for attribute in CodedAttribute.allCases {
            let mode = modes[attribute] ?? mode
            guard let path, files.contains(attribute.file) else {
                if let demanded = modes[attribute], demanded != .off { problems.append(lack(of: attribute, demanded)) }
                continue
            }
            guard mode != .off else { continue }
            do {
                let json = try Data(contentsOf: URL(fileURLWithPath: path + "/" + attribute.file))
                bindings.bind(attribute, to: try ValueSet(fhir: json), mode: mode)
            } catch let error as ValueSetError {
                problems.append("\(path)/\(attribute.file): \(error.reason)")
            } catch {
                problems.append("\(path)/\(attribute.file): cannot be read")
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return bindings
    }

    private func lack(of attribute: CodedAttribute, _ mode: ValueSetBindings.Mode) -> String {
        let place = path.map { "there is no \($0)/\(attribute.file)" } ?? "valueSets.folder is not given"
        return "valueSets.\(attribute.rawValue): \(mode.rawValue) needs a value set, but \(place)"
    }

    private static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }

    private static func unknown(_ file: String, in path: String?) -> String {
        let known = CodedAttribute.allCases.map(\.rawValue)
        let name = String(file.dropLast(".json".count))
        let advice =
            NameSuggestion.nearest(to: name, among: known).map { "did you mean \($0).json?" }
            ?? "the attributes are \(known.joined(separator: ", "))"
        return "\(path ?? "")/\(file): is named after no attribute; \(advice)"
    }
}

extension CodedAttribute {
    /// The attribute a file is named after.
    fileprivate init?(file: String) { self.init(rawValue: String(file.dropLast(".json".count))) }

    /// The name of its file.
    fileprivate var file: String { rawValue + ".json" }
}
