import SOAPKit
import XMLKit

extension GatewayConfiguration.Limits {
    /// As SOAPKit wants them.
    func soapLimits(documentBytes: Int) -> SOAPLimits {
        var xml = XMLParserLimits.standard
        xml.totalBytes = envelopeBytes
        xml.textBytes = envelopeBytes
        xml.depth = depth
        xml.elements = elements
        xml.attributesPerElement = attributes
        xml.attributeBytes = attributeBytes
        var limits = SOAPLimits.standard
        limits.rootBytes = envelopeBytes
        limits.messageBytes = messageBytes
        limits.parts = parts
        limits.partHeaderBytes = partHeaderBytes
        limits.attachmentBytes = documentBytes
        limits.xml = xml
        return limits
    }
}
