import Configuration
import Foundation
import SystemPackage
import XDSMetadata

/// The values of one YAML file and of the environment over it, checked against ``ConfigurationKey/all``.
struct ConfigurationSource {
    private let values: [String: String]

    /// Reads and checks; collects every problem before it gives up.
    /// - Parameters:
    ///   - file: path of the YAML file; `nil`: the environment alone.
    ///   - environment: the variables of the process.
    /// - Throws: ``ConfigurationError`` with all problems found.
    static func read(file: String?, environment: [String: String]) async throws -> ConfigurationSource {
        var problems: [String] = []
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "xds")
        ]
        var outline = ConfigurationOutline()
        var folder = FileManager.default.currentDirectoryPath
        if let file {
            outline = try ConfigurationOutline(of: try contents(of: file), file: file)
            folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            if !outline.isEmpty { providers.append(try await provider(of: file)) }
            problems += unknownKeys(in: outline, file: file)
        }
        problems += unknownVariables(in: environment)

        let reader = ConfigReader(providers: providers)
        var values: [String: String] = [:]
        for key in ConfigurationKey.all {
            let leaf = environment[key.environmentVariable] == nil ? outline.leaves[key.name] ?? .nothing : .single
            let raw: String?
            switch leaf {
            case .nothing: raw = key.fallback
            case .single: raw = text(of: key, in: reader)
            case .list:
                problems.append("\(key.name): must be \(key.demand), not a list")
                continue
            }
            guard let raw, !raw.isEmpty else {
                if leaf == .single || !key.isOptional {
                    problems.append("\(key.name): missing; \(key.meaning) (or \(key.environmentVariable))")
                }
                continue
            }
            let value = key.isPath ? absolute(raw, in: folder) : raw
            if let problem = key.problem(with: value) { problems.append("\(key.name): \(problem)") }
            values[key.name] = value
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return ConfigurationSource(values: values)
    }

    /// A checked value; empty only for an optional key that is absent.
    func string(_ key: String) -> String { values[key] ?? "" }

    /// A checked value of an optional key.
    func optionalString(_ key: String) -> String? { values[key] }

    /// A checked number.
    func integer(_ key: String) -> Int { Int(string(key)) ?? 0 }

    /// A checked number of seconds.
    func seconds(_ key: String) -> Duration { .seconds(integer(key)) }

    private static func contents(of file: String) throws -> String {
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw ConfigurationError(problems: ["\(file): cannot be read; give a configuration file with --config"])
        }
    }

    private static func provider(of file: String) async throws -> any ConfigProvider {
        do {
            return try await FileProvider<YAMLSnapshot>(filePath: FilePath(file))
        } catch {
            // The provider's own words may quote the file, and with it a password.
            throw ConfigurationError(problems: [
                "\(file): holds a value that cannot be read; give texts and numbers only"
            ])
        }
    }

    /// YAML has typed scalars, the environment has text: a number is asked for as both.
    private static func text(of key: ConfigurationKey, in reader: ConfigReader) -> String? {
        let name = ConfigKey(key.name)
        return reader.string(forKey: name, isSecret: key.isSecret)
            ?? reader.int(forKey: name, isSecret: key.isSecret).map(String.init)
            ?? reader.double(forKey: name, isSecret: key.isSecret).map { String($0) }
            ?? reader.bool(forKey: name, isSecret: key.isSecret).map { String($0) }
    }

    private static func unknownKeys(in outline: ConfigurationOutline, file: String) -> [String] {
        let known = ConfigurationKey.all.map(\.name)
        return outline.leaves.keys.filter { !known.contains($0) }.sorted().map { key in
            "\(key): there is no such key (in \(file))" + suggestion(key, known)
        }
    }

    /// Variables of tests and builds share the prefix; only names that begin like a section are looked at.
    private static func unknownVariables(in environment: [String: String]) -> [String] {
        let known = ConfigurationKey.all.map(\.environmentVariable)
        let sections = Set(
            ConfigurationKey.all.map {
                ConfigurationKey.environmentVariable(of: String($0.name.prefix { $0 != "." })) + "_"
            })
        return environment.keys.sorted().filter { name in
            !known.contains(name) && sections.contains { name.hasPrefix($0) }
        }.map { "\($0): there is no configuration key for this environment variable" + suggestion($0, known) }
    }

    private static func suggestion(_ name: String, _ known: [String]) -> String {
        NameSuggestion.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
    }

    private static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }
}

extension ConfigurationKey {
    fileprivate var isSecret: Bool {
        if case .secret = kind { true } else { false }
    }

    fileprivate var isPath: Bool {
        switch kind {
        case .file, .fileOrFolder, .folder, .writableFolder: true
        default: false
        }
    }

    /// What a value must be, in words that follow "must be".
    fileprivate var demand: String {
        switch kind {
        case .text, .secret: "one text"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .oid: "an OID"
        case .namespaces: "one text of the form NAME=OID,NAME=OID"
        case .homeCommunityID: "one urn:oid:..."
        case .file, .fileOrFolder, .folder, .writableFolder: "one path"
        }
    }

    /// What is wrong with a value, in words that follow the key; `nil` if it is good.
    fileprivate func problem(with value: String) -> String? {
        switch kind {
        case .text, .secret:
            return nil
        case .number(let range):
            guard let number = Int(value), range.contains(number) else {
                return "must be \(demand), not \"\(value)\""
            }
            return nil
        case .word(let words):
            return words.contains(value) ? nil : "must be \(demand), not \"\(value)\""
        case .oid:
            return Self.formatProblem(value) { text in _ = try OID(parsing: text) }
        case .namespaces:
            return Self.formatProblem(value) { text in _ = try PatientDomain.namespaces(parsing: text) }
        case .homeCommunityID:
            return Self.formatProblem(value) { text in _ = try HomeCommunityID(parsing: text) }
        case .file:
            return Self.isReadable(value, folder: false) ? nil : "\(value) is not a file that can be read"
        case .fileOrFolder:
            return Self.isReadable(value, folder: nil) ? nil : "\(value) is not a file or folder that can be read"
        case .folder:
            return Self.isReadable(value, folder: true) ? nil : "\(value) is not a folder that can be read"
        case .writableFolder:
            guard Self.isReadable(value, folder: true) else { return "\(value) is not a folder; make it first" }
            return FileManager.default.isWritableFile(atPath: value)
                ? nil : "\(value) is a folder that cannot be written"
        }
    }

    private static func formatProblem(_ value: String, _ parse: (String) throws -> Void) -> String? {
        do {
            try parse(value)
            return nil
        } catch {
            return "\"\(value)\" \(error)"
        }
    }

    private static func isReadable(_ path: String, folder: Bool?) -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
        if let folder, folder != isFolder.boolValue { return false }
        return FileManager.default.isReadableFile(atPath: path)
    }
}
