/// The Dutch citizen service number, which many regions use as the id of their affinity domain.
///
/// - Source: Wet algemene bepalingen burgerservicenummer; the eleven test as care registers apply it.
public enum BSN {
    /// OID of the numbers.
    public static let assigningAuthority = "2.16.840.1.113883.2.4.6.3"

    /// The eleven test: nine digits, not all zero, weighed 9, 8, ... 2 and -1, give a multiple of eleven.
    public static func passesElevenTest(_ number: some StringProtocol) -> Bool {
        let digits = number.utf8.map { Int($0) - 0x30 }
        guard digits.count == 9, digits.allSatisfy({ (0...9).contains($0) }), digits.contains(where: { $0 != 0 }) else {
            return false
        }
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1]
        return zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }.isMultiple(of: 11)
    }
}
