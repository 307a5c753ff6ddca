/// Which known name somebody may have meant.
enum NameSuggestion {
    /// How many letters may be wrong, missing or too many.
    private static let tolerance = 2

    /// The name that differs in capitals only, or else in a letter or two, or else ends in the same word.
    /// - Parameter known: in the order in which equally good ones are preferred.
    static func nearest(to name: String, among known: [String]) -> String? {
        let lowered = name.lowercased()
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(lowered, candidate.lowercased())
            if distance <= tolerance, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        if let best { return best.name }
        guard let word = name.split(separator: ".").last else { return nil }
        return known.first { $0.hasSuffix("." + word) }
    }

    /// Levenshtein's distance.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
