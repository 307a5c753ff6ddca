/// HL7 v2 messages of the patient identity feed, as a hospital information system writes them.
extension DemoMessages {
    /// ADT^A04: a patient is registered.
    static func register(patient: String, number: String) -> String {
        feed("ADT^A04", number: number, segments: ["PID|||\(patient)||Voorbeeld^Vera||19600618|F"])
    }

    /// ADT^A40: the second id turns out to be the first one's patient.
    static func merge(survivor: String, subsumed: String, number: String) -> String {
        feed("ADT^A40^ADT_A39", number: number, segments: ["PID|||\(survivor)||Voorbeeld^Vera", "MRG|\(subsumed)"])
    }

    private static func feed(_ type: String, number: String, segments: [String]) -> String {
        let header =
            "MSH|^~\\&|ZIS^2.999.3.1^ISO|Ziekenhuis Oost|XDS|ZorgNetOost|20261126093000||\(type)|\(number)|P|2.3.1"
        return ([header, "EVN||20261126093000"] + segments).map { $0 + "\r" }.joined()
    }
}
