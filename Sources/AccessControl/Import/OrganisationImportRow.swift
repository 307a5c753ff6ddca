import Trust

/// Reads one line of a file of organisations, collecting what is wrong with it.
struct OrganisationImportRow {
    let row: CSVTable.Row
    let columns: [OrganisationColumn]
    let folder: String
    let transactions: OrganisationImport.Transactions
    private(set) var problems: [OrganisationImportProblem] = []

    init(
        row: CSVTable.Row, columns: [OrganisationColumn], folder: String, transactions: OrganisationImport.Transactions
    ) {
        self.row = row
        self.columns = columns
        self.folder = folder
        self.transactions = transactions
    }

    /// What the line asks for; nil when something is wrong with it.
    mutating func read(known: [String: OrganisationRegister.Entry]) -> OrganisationRegister.Addition? {
        if row.cells.count > columns.count {
            note(nil, "has \(row.cells.count) cells, but the first line names \(columns.count) columns")
        }
        let entry = known[text(.identifier) ?? ""]
        let organisation = organisation(like: entry?.organisation)
        let certificates = certificates()
        let names = names()
        do {
            try OrganisationRegister.check(organisation)
        } catch {
            note(error)
        }
        let hasAny = !(certificates.isEmpty && names.isEmpty) || entry?.hasCertificates == true
        if problems.isEmpty, organisation.ura == nil, !hasAny {
            note(nil, "give a ura, certificates, or issuer and serialNumber: without any nobody could connect")
        }
        guard problems.isEmpty else { return nil }
        return .init(organisation: organisation, certificates: certificates, names: names)
    }

    private mutating func organisation(like known: Organisation?) -> Organisation {
        refuseUnset(.name, "an organisation has a name; leave the cell empty to keep it")
        refuseUnset(.sourceIds, Self.liftingAdvice)
        return Organisation(
            identifier: text(.identifier) ?? "", name: text(.name) ?? known?.name ?? "", ura: ura(over: known?.ura),
            transactions: rights() ?? known?.transactions ?? transactions.ordinary,
            sourceIDs: sourceIDs(over: known?.sourceIDs ?? .any),
            reading: word(.reading) ?? known?.reading ?? .lenient,
            updateScope: word(.updates) ?? known?.updateScope ?? .own,
            contact: text(.contact, over: known?.contact), kind: text(.kind, over: known?.kind),
            homeCommunityID: text(.homeCommunityId, over: known?.homeCommunityID),
            limits: .init(
                requests: number(.maximumRequests, over: known?.limits.requests),
                bytes: number(.maximumBytes, over: known?.limits.bytes),
                requestsPerSecond: number(.requestsPerSecond, over: known?.limits.requestsPerSecond)),
            visibility: .init(
                confidentialityCodes: codes(.confidentialityCodes, over: known?.visibility.confidentialityCodes),
                classCodes: codes(.classCodes, over: known?.visibility.classCodes)))
    }

    private func sourceIDs(over known: Organisation.SourceIDs) -> Organisation.SourceIDs {
        let sourceIDs = list(.sourceIds)
        if sourceIDs.isEmpty { return known }
        return sourceIDs == [Organisation.unlimited] ? .any : .only(Set(sourceIDs))
    }

    private mutating func codes(_ column: OrganisationColumn, over known: Set<String>?) -> Set<String>? {
        // Nothing set is everything to be seen here: whoever writes a dash may well mean the opposite.
        guard !refuseUnset(column, Self.liftingAdvice) else { return known }
        let codes = list(column)
        if codes.isEmpty { return known }
        return codes == [Organisation.unlimited] ? nil : Set(codes)
    }

    private static let liftingAdvice = "write \(Organisation.unlimited) to lift the limit"

    /// Tells that a value cannot be dropped by what drops others.
    /// - Returns: whether that was asked.
    @discardableResult
    private mutating func refuseUnset(_ column: OrganisationColumn, _ advice: String) -> Bool {
        guard isUnset(column) else { return false }
        note(column, "\"\(Organisation.unset)\" has no meaning here: \(advice)")
        return true
    }

    // MARK: Cells

    /// Whether the cell drops what is registered.
    private func isUnset(_ column: OrganisationColumn) -> Bool { text(column) == Organisation.unset }

    /// What is given, over what is there.
    private func text(_ column: OrganisationColumn, over known: String?) -> String? {
        isUnset(column) ? nil : text(column) ?? known
    }

    private func text(_ column: OrganisationColumn) -> String? {
        guard let index = columns.firstIndex(of: column), index < row.cells.count, !row.cells[index].isEmpty else {
            return nil
        }
        return row.cells[index]
    }

    private func list(_ column: OrganisationColumn) -> [String] {
        (text(column) ?? "").split { $0 == " " || $0 == "|" || $0 == "," || $0 == ";" || $0 == "\n" }.map(String.init)
    }

    /// Spreadsheets drop leading zeros.
    private mutating func ura(over known: String?) -> String? {
        guard let text = text(.ura, over: nil) else { return isUnset(.ura) ? nil : known }
        guard let ura = UZIIdentity.normalizedURA(text) else {
            note(.ura, "\"\(text)\" is no URA; give at most 8 digits")
            return nil
        }
        return ura
    }

    private mutating func rights() -> Set<String>? {
        let wanted = list(.transactions)
        guard !wanted.isEmpty else { return nil }
        if wanted == ["all"] { return transactions.served }
        let unknown = Set(wanted).subtracting(transactions.served).sorted()
        if !unknown.isEmpty {
            note(
                .transactions,
                "there is no transaction \(unknown.joined(separator: ", ")); "
                    + "there are \(transactions.served.sorted().joined(separator: ", "))")
        }
        return Set(wanted)
    }

    private mutating func word<Word: RawRepresentable & CaseIterable>(_ column: OrganisationColumn) -> Word?
    where Word.RawValue == String {
        guard let text = text(column) else { return nil }
        guard let word = Word(rawValue: text.lowercased()) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: " or ")
            note(column, "\"\(text)\" is not \(words)")
            return nil
        }
        return word
    }

    private mutating func number(_ column: OrganisationColumn, over known: Int?) -> Int? {
        guard let text = text(column, over: nil) else { return isUnset(column) ? nil : known }
        guard let number = Int(text), number > 0 else {
            note(column, "\"\(text)\" is no whole number above 0")
            return nil
        }
        return number
    }

    private mutating func certificates() -> [Certificate] {
        var certificates: [Certificate] = []
        for file in list(.certificates) {
            do {
                certificates.append(try Certificate.read(pemFile: file.hasPrefix("/") ? file : "\(folder)/\(file)"))
            } catch {
                note(.certificates, "\(error)")
            }
        }
        return certificates
    }

    private mutating func names() -> [CertificateName] {
        let (issuer, number) = (text(.issuer), text(.serialNumber))
        guard issuer != nil || number != nil else { return [] }
        do {
            return [try CertificateName(issuer: issuer ?? "", serialNumber: number ?? "")]
        } catch {
            note(issuer == nil ? .issuer : .serialNumber, "\(error)")
            return []
        }
    }

    // MARK: Problems

    private mutating func note(_ column: OrganisationColumn?, _ reason: String) {
        let position = column.flatMap(columns.firstIndex(of:)).map { $0 + 1 }
        problems.append(.init(line: row.line, column: position, name: column?.rawValue, reason: reason))
    }

    private mutating func note(_ error: OrganisationRegisterError) {
        guard case .malformed(let field, let advice) = error else { return note(nil, "\(error)") }
        note(OrganisationColumn(heading: field), advice)
    }
}
