import Configuration
import Foundation
import SystemPackage
import Yams

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
        var present = Set<String>()
        var folder = FileManager.default.currentDirectoryPath
        if let file {
            let text = try contents(of: file)
            present = try keys(of: text, file: file)
            folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        }
        let known = Set(ConfigurationKey.all.map(\.name))
        problems += present.subtracting(known).sorted().map { unknownKey($0, known: known, file: file ?? "") }
        problems += unknownVariables(in: environment)

        let reader = ConfigReader(providers: providers)
        var values: [String: String] = [:]
        for key in ConfigurationKey.all {
            let isGiven = present.contains(key.name) || environment[key.environmentVariable] != nil
            let raw = isGiven ? text(of: key, in: reader) : key.fallback
            guard let raw, !raw.isEmpty else {
                if isGiven || !key.isOptional {
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

    /// The dotted names of all leaves of the YAML file.
    private static func keys(of text: String, file: String) throws -> Set<String> {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(problems: ["\(file): is not valid YAML: \(error)"])
        }
        guard let node else { return [] }
        guard case .mapping = node else {
            throw ConfigurationError(problems: ["\(file): must hold sections with keys, as in docs/operations.md"])
        }
        var keys = Set<String>()
        collect(node, path: [], into: &keys)
        return keys
    }

    private static func collect(_ node: Node, path: [String], into keys: inout Set<String>) {
        guard case .mapping(let mapping) = node else {
            keys.insert(path.joined(separator: "."))
            return
        }
        for (key, value) in mapping {
            collect(value, path: path + [key.string ?? "?"], into: &keys)
        }
    }

    private static func text(of key: ConfigurationKey, in reader: ConfigReader) -> String? {
        let name = ConfigKey(key.name)
        // YAML has typed scalars, the environment has text: a number is asked for as both.
        return reader.string(forKey: name, isSecret: key.isSecret) ?? reader.int(forKey: name).map(String.init)
            ?? reader.double(forKey: name).map { String($0) } ?? reader.bool(forKey: name).map { String($0) }
            ?? "(not a single value)"
    }

    private static func unknownKey(_ key: String, known: Set<String>, file: String) -> String {
        let lowered = key.lowercased()
        let near = known.first { $0.lowercased() == lowered || $0.hasSuffix("." + (key.split(separator: ".").last ?? "")) }
        return "\(key): there is no such key (in \(file))" + (near.map { "; did you mean \($0)?" } ?? "")
    }

    /// Variables of tests and builds share the prefix; only names that begin like a section are looked at.
    private static func unknownVariables(in environment: [String: String]) -> [String] {
        let known = Set(ConfigurationKey.all.map(\.environmentVariable))
        let sections = Set(ConfigurationKey.all.map { "XDS_" + $0.name.prefix(while: { $0 != "." }).uppercased() + "_" })
        return environment.keys.sorted().filter { name in
            !known.contains(name) && sections.contains { name.hasPrefix($0) }
        }.map { "\($0): there is no configuration key for this environment variable" }
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
        case .file, .fileOrFolder, .writableFolder: true
        default: false
        }
    }

    /// What is wrong with a value, in words that follow the key; `nil` if it is good.
    fileprivate func problem(with value: String) -> String? {
        switch kind {
        case .text, .secret:
            return nil
        case .number(let range):
            guard let number = Int(value), range.contains(number) else {
                return "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(value)\""
            }
            return nil
        case .word(let words):
            return words.contains(value) ? nil : "must be one of \(words.joined(separator: ", ")), not \"\(value)\""
        case .file:
            return Self.isReadable(value, folder: false) ? nil : "\(value) is not a file that can be read"
        case .fileOrFolder:
            return Self.isReadable(value, folder: nil) ? nil : "\(value) is not a file or folder that can be read"
        case .writableFolder:
            guard Self.isReadable(value, folder: true) else { return "\(value) is not a folder; make it first" }
            return FileManager.default.isWritableFile(atPath: value) ? nil : "\(value) is a folder that cannot be written"
        }
    }

    private static func isReadable(_ path: String, folder: Bool?) -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
        if let folder, folder != isFolder.boolValue { return false }
        return FileManager.default.isReadableFile(atPath: path)
    }
}
