import FoundationEssentials
import PostgresKit
import Testing
import XDSMetadata
import XDSTesting

@testable import XDSRegistry

@Suite("FindSubmissionSets on PostgreSQL")
struct FindSubmissionSetsTests {
    private typealias Scheme = EbRIMVocabulary.Scheme

    private static func set(
        patientId: String = SampleMetadata.patientId, _ change: (inout RegistryPackage) -> Void = { _ in }
    ) -> (sample: SampleSubmission, id: UUID) {
        var sample = SampleMetadata.submission(patientId: patientId)
        let id = sample.identifySubmissionSet()
        change(&sample.submissionSet)
        return (sample, id)
    }

    @Test("3.18.4.1.2.3.7.2: sets of this patient alone, and no other kind of object")
    func findsByPatient() async throws {
        try await RegistryBench.with { bench in
            let (mine, other) = (Self.set(), Self.set(patientId: SampleMetadata.otherPatientId))
            for set in [mine, other] { try await bench.accept(set.sample) }
            #expect(try await bench.found(.findSubmissionSets()) == [mine.id])
            #expect(
                try await bench.found(.findSubmissionSets(patientId: SampleMetadata.otherPatientId)) == [other.id])
            #expect(try await bench.found(.findSubmissionSets(patientId: "unknown^^^&2.999.1&ISO")) == [])
            let answer = try await bench.answer(.findSubmissionSets(), .leafClass)
            #expect(answer.packages.count == 1 && answer.extrinsicObjects.isEmpty && answer.associations.isEmpty)
        }
    }

    @Test("$XDSSubmissionSetStatus: sets are Approved and stay so")
    func findsByStatus() async throws {
        try await RegistryBench.with { bench in
            let set = Self.set()
            try await bench.accept(set.sample)
            let (parameter, query) = ("$XDSSubmissionSetStatus", SampleQuery.findSubmissionSets())
            let deprecated = AvailabilityStatus.deprecated.rawValue
            #expect(try await bench.found(query.with(parameter, "('\(deprecated)')")) == [])
            let both = SampleQuery.list(AvailabilityStatus.allCases.map(\.rawValue))
            #expect(try await bench.found(query.with(parameter, both)) == [set.id])
        }
    }

    @Test("$XDSSubmissionSetSourceId: one of a list")
    func findsBySourceId() async throws {
        try await RegistryBench.with { bench in
            let sets = ["2.999.3.1", "2.999.3.2", "2.999.3.3"].map { sourceId in
                Self.set { $0.object.setIdentifier(Scheme.submissionSetSourceId, sourceId) }
            }
            for set in sets { try await bench.accept(set.sample) }
            let (parameter, query) = ("$XDSSubmissionSetSourceId", SampleQuery.findSubmissionSets())
            #expect(try await bench.found(query.with(parameter, "('2.999.3.2')")) == [sets[1].id])
            #expect(
                Set(try await bench.found(query.with(parameter, "('2.999.3.1','2.999.3.3')"))) == [
                    sets[0].id, sets[2].id,
                ])
            #expect(try await bench.found(query.with(parameter, "('2.999.3')")) == [])
        }
    }

    @Test("$XDSSubmissionSetSubmissionTime: from is included, to is not")
    func findsByTime() async throws {
        try await RegistryBench.with { bench in
            let times = ["2004", "20041224", "20041224120000"]
            let sets = times.map { time in Self.set { $0.object.setSlot(SlotName.submissionTime, [time]) } }
            for set in sets { try await bench.accept(set.sample) }
            func found(_ from: String?, _ to: String?) async throws -> [String] {
                var query = SampleQuery.findSubmissionSets()
                if let from { query = query.with("$XDSSubmissionSetSubmissionTimeFrom", from) }
                if let to { query = query.with("$XDSSubmissionSetSubmissionTimeTo", to) }
                let ids = try await bench.found(query)
                return zip(times, sets).filter { ids.contains($1.id) }.map(\.0)
            }
            #expect(try await found("20041224", nil) == Array(times[1...]))
            #expect(try await found(nil, "20041224") == [times[0]])
            #expect(try await found("200412", "2004122412") == [times[1]])
            #expect(try await found("2005", nil) == [])
        }
    }

    @Test("$XDSSubmissionSetAuthorPerson: one pattern, any author")
    func findsByAuthor() async throws {
        try await RegistryBench.with { bench in
            let two = Self.set { $0.setAuthors(["^Eerste^A", "^Tweede^B"]) }
            let none = Self.set { $0.setAuthors([]) }
            for set in [two, none] { try await bench.accept(set.sample) }
            let (parameter, query) = ("$XDSSubmissionSetAuthorPerson", SampleQuery.findSubmissionSets())
            #expect(try await bench.found(query.with(parameter, "'%Tweede%'")) == [two.id])
            #expect(try await bench.found(query.with(parameter, "'^Eerste^_'")) == [two.id])
            #expect(try await bench.found(query.with(parameter, "'^Eerste^A'")) == [two.id])
            #expect(try await bench.found(query.with(parameter, "'Eerste'")) == [])
            #expect(Set(try await bench.found(query)) == [two.id, none.id])
        }
    }

    @Test("$XDSSubmissionSetContentType: one of a list of codes")
    func findsByContentType() async throws {
        try await RegistryBench.with { bench in
            let sets = ["A", "B", "C"].map { code in
                Self.set { $0.setCodes(Scheme.contentTypeCode, [.test(code)]) }
            }
            for set in sets { try await bench.accept(set.sample) }
            let (parameter, query) = ("$XDSSubmissionSetContentType", SampleQuery.findSubmissionSets())
            let (a, c) = (CodedValue.test("A").literal, CodedValue.test("C").literal)
            #expect(try await bench.found(query.with(parameter, "(\(a))")) == [sets[0].id])
            #expect(Set(try await bench.found(query.with(parameter, "(\(a),\(c))"))) == [sets[0].id, sets[2].id])
            #expect(try await bench.found(query.with(parameter, "('A^^2.999.78')")) == [])
        }
    }
}
