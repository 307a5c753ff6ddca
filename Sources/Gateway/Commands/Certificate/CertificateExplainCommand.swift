import AccessControl
import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import PostgresKit
import Trust

/// `xds-gateway certificate explain`: the same words the front door would use, before a partner meets them.
struct CertificateExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell whether a client certificate would be let in and as whom, or what a TLS server presents.",
        discussion: """
            With a PEM file: its facts, the verdict of the TLS handshake by the configured anchors, revocation lists and OCSP \
            responder, and the organisation it leads to. With HOST:PORT: what that server presents, which TLS versions and suites it takes, \
            and what would be wrong with it; give --certificate and --key to show a client certificate to it. \
            The exit status is 1 when something is wrong.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: ArgumentHelp("PEM file of a client certificate, or a server.", valueName: "file|host:port"))
    var subject: String
    @Option(help: ArgumentHelp("PEM file: client certificate to show to HOST:PORT.", valueName: "file"))
    var certificate: String?
    @Option(help: ArgumentHelp("PEM file: its private key.", valueName: "file")) var key: String?

    func validate() throws {
        guard (certificate == nil) == (key == nil) else { throw ValidationError("give both --certificate and --key") }
    }

    func run() async throws {
        let configuration = try await options.load()
        let files = configuration.server.tlsMaterialFiles
        let store = try TrustStore.load(
            TrustSources(
                anchors: [files.trustAnchors],
                revocationLists: [files.revocationLists, files.fetchedLists].compactMap { $0 }),
            policy: files.policy)
        let isFine: Bool
        if !FileManager.default.fileExists(atPath: subject), let endpoint = TLSEndpoint(subject) {
            isFine = try await explain(endpoint, by: store)
        } else {
            isFine = try await explainFile(by: store, asking: configuration.server)
        }
        if !isFine { throw ExitCode(1) }
    }

    // MARK: A file

    private func explainFile(
        by store: TrustStore, asking server: GatewayConfiguration.Server
    ) async throws -> Bool {
        let chain = try Certificate.readAll(pemFile: subject)
        guard let leaf = chain.first else { return false }
        CertificateFacts(leaf, chainLength: chain.count).lines.forEach { Console.say($0) }
        switch try await verdict(on: chain, by: store, asking: server) {
        case .refused(let refusal):
            Console.say("handshake     it would be refused. \(refusal.sentence)")
            return false
        case .trusted:
            Console.say("handshake     it would be let in by the TLS handshake")
        }
        for file in store.skippedFiles {
            Console.say("warning       \(file) is not read; names of lists end in .crl, .pem or .der")
        }
        for list in store.staleRevocationLists() where list.issuer == leaf.issuer {
            Console.say("warning       the revocation list of \(list.issuer) is out of date")
        }
        let decision: AccessDecision
        let uraIssuers = try server.readURAIssuers()
        do {
            decision = try await options.withDatabase { client in
                let directory = OrganisationDirectory(
                    client: client, uraIssuers: uraIssuers, refreshInterval: .seconds(1),
                    logger: ConfigurationOptions.logger)
                try await directory.refresh()
                return directory.decision(for: leaf)
            }
        } catch let error as PostgresError {
            Console.say("organisation  cannot be told: the database does not answer (\(error))")
            return false
        }
        switch decision {
        case .admitted(let organisation):
            let rights = organisation.transactions.sorted().joined(separator: ", ")
            Console.say("organisation  \(organisation.identifier) (\(organisation.name)), which may call \(rights)")
            return true
        case .refused(let refusal):
            Console.say("organisation  requests would be refused. \(refusal.explanation)")
            return false
        }
    }

    /// The verdict of the handshake, with the answer of the responder that it would ask.
    private func verdict(
        on chain: [Certificate], by store: TrustStore, asking server: GatewayConfiguration.Server
    ) async throws -> CertificateVerdict {
        let check = store.check(chain: chain.map(\.der), asking: server.ocsp)
        guard server.ocsp != .off else { return check.verdict }
        guard let query = check.query else {
            Console.say("status        no responder is asked: its answer would change nothing")
            return check.verdict
        }
        let checker = OCSPChecker(
            policy: server.ocsp, responder: server.ocspResponder, timeLimit: TimeAmount(server.ocspLimit))
        let status = try await checker.status(
            of: query, on: MultiThreadedEventLoopGroup.singleton.any(), checking: .singleton
        ).get()
        Console.say("status        the responder \(status.words)")
        return check.verdict(with: status, policy: server.ocsp)
    }

    // MARK: A server

    private func explain(_ endpoint: TLSEndpoint, by store: TrustStore) async throws -> Bool {
        let report: TLSReport
        do {
            report = try await TLSReport(of: try probe(of: endpoint))
        } catch let failure as TLSProbeFailure {
            Console.say("server        \(endpoint.host) port \(endpoint.port)")
            Console.say("wrong         \(failure.sentence(of: endpoint))")
            return false
        }
        report.lines(judgedBy: store).forEach { Console.say($0) }
        let problems = report.problems(judgedBy: store)
        for problem in problems { Console.say("wrong         \(problem)") }
        if problems.isEmpty { Console.say("verdict       nothing is wrong with it") }
        return problems.isEmpty
    }

    /// - Throws: `ValidationError` that names the file which cannot be used. The errors of the TLS library say no more than that.
    private func probe(of endpoint: TLSEndpoint) throws -> TLSProbe {
        guard let certificate, let key else { return TLSProbe(endpoint: endpoint, certificates: [], key: nil) }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(certificate), !certificates.isEmpty else {
            throw ValidationError("\(certificate): has no certificate in PEM form, or cannot be read")
        }
        guard let privateKey = try? NIOSSLPrivateKey(file: key, format: .pem) else {
            throw ValidationError("\(key): has no private key in PEM form without a password, or cannot be read")
        }
        let probe = TLSProbe(endpoint: endpoint, certificates: certificates, key: privateKey)
        guard probe.keyFits else {
            throw ValidationError("\(key): is not the private key of the first certificate in \(certificate)")
        }
        return probe
    }
}

extension OCSPStatus {
    /// What follows "the responder".
    fileprivate var words: String {
        switch self {
        case .good(let until): "says good, until \(until.formatted(.iso8601))"
        case .revoked: "says revoked"
        case .unanswered(let why): why
        }
    }
}
