import NIOCore
import Testing

@testable import Gateway

@Suite("Places of one address")
struct AddressPlacesTests {
    @Test("one address cannot take the places of another; the port makes no difference; what is given back is free")
    func places() throws {
        let places = AddressPlaces(limit: 2)
        let (first, second) = (
            try SocketAddress(ipAddress: "192.0.2.1", port: 1), try SocketAddress(ipAddress: "192.0.2.1", port: 2)
        )
        let other = try SocketAddress(ipAddress: "2001:db8::1", port: 1)
        #expect(places.take(first) && places.take(second))
        #expect(!places.take(first))
        #expect(places.take(other))
        #expect(places.take(nil))
        #expect(places.addresses == 2)
        places.giveBack(second)
        #expect(places.take(first))
        for address in [first, second, other] { places.giveBack(address) }
        #expect(places.addresses == 0)
    }
}
