/// What the reader of the demo sees: numbered steps, what was asked, what came, right or wrong.
struct Transcript {
    private var step = 0
    /// Steps that were not as they should be.
    private(set) var failures: [String] = []

    mutating func heading(_ title: String) {
        step += 1
        Console.say()
        Console.say("\(step). \(title)")
    }

    /// A fact without a judgement.
    func note(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { Console.say("     " + line) }
    }

    /// A statement that must be true for the demo to succeed.
    mutating func check(_ isTrue: Bool, _ statement: String) {
        Console.say((isTrue ? "   + " : "   ! ") + statement)
        if !isTrue { failures.append("step \(step): \(statement)") }
    }
}
