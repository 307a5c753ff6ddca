/// What a libxml2 parser knows as its user data: where its callbacks find the tape. Owned by one ``XMLPushParser``, on one thread at a
/// time; never shared.
final class XMLTapeReceiver {
    var builder: XMLTapeBuilder

    init(_ builder: XMLTapeBuilder) {
        self.builder = builder
    }

    /// The receiver behind the user data of a parser.
    static func from(_ user: UnsafeMutableRawPointer?) -> XMLTapeReceiver? {
        user.map { Unmanaged<XMLTapeReceiver>.fromOpaque($0).takeUnretainedValue() }
    }
}
