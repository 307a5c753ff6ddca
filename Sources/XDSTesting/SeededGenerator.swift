/// A random number generator that gives the same numbers for the same seed, on every machine (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Makes a generator.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in so many times.
    public mutating func oneIn(_ times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

    /// A number of the range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of the values.
    public mutating func one<Element>(of values: [Element]) -> Element {
        values[Int.random(in: values.indices, using: &self)]
    }

    /// As many values as the range says, each made anew.
    public mutating func some<Element>(
        _ range: ClosedRange<Int>, _ make: (inout SeededGenerator) -> Element
    ) -> [Element] {
        (0..<number(range)).map { _ in make(&self) }
    }
}
