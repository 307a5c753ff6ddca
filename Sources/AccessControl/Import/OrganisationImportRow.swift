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
        let sourceIDs = list(.sourceIds)
        return Organisation(
            identifier: text(.identifier) ?? "", name: text(.name) ?? known?.name ?? "", ura: ura() ?? known?.ura,
            transactions: rights() ?? known?.transactions ?? transactions.ordinary,
            sourceIDs: sourceIDs.isEmpty
                ? known?.sourceIDs ?? .any : sourceIDs == ["any"] ? .any : .only(Set(sourceIDs)),
            reading: word(.reading) ?? known?.reading ?? .lenient,
            updateScope: word(.updates) ?? known?.updateScope ?? .own,
            contact: text(.contact) ?? known?.contact, kind: text(.kind) ?? known?.kind,
            homeCommunityID: text(.homeCommunityId) ?? known?.homeCommunityID,
            limits: .init(
                requests: number(.maximumRequests) ?? known?.limits.requests,
                bytes: number(.maximumBytes) ?? known?.limits.bytes,
                requestsPerSecond: number(.requestsPerSecond) ?? known?.limits.requestsPerSecond),
            visibility: .init(
                confidentialityCodes: codes(.confidentialityCodes) ?? known?.visibility.confidentialityCodes,
                classCodes: codes(.classCodes) ?? known?.visibility.classCodes))
    }

    private func codes(_ column: OrganisationColumn) -> Set<String>? {
        let codes = list(column)
        return codes.isEmpty ? nil : Set(codes)
    }

    // MARK: Cells

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
    private mutating func ura() -> String? {
        guard let text = text(.ura) else { return nil }
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

    private mutating func number(_ column: OrganisationColumn) -> Int? {
        guard let text = text(column) else { return nil }
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
