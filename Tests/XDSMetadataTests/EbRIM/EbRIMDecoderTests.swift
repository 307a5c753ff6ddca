import NIOCore
import Testing
import XMLKit

@testable import XDSMetadata

@Suite("ebRIM: reading")
struct EbRIMDecoderTests {
    private func decode(_ objects: String) throws -> (list: RegistryObjectList, deviations: Set<Deviation>) {
        var decoder = EbRIMDecoder()
        let list = try decoder.registryObjectList(
            element("<rim:RegistryObjectList>\(objects)</rim:RegistryObjectList>"))
        return (list, decoder.deviations)
    }

    private let classificationType = EbRIMVocabulary.ObjectType.classification
    private let packageType = EbRIMVocabulary.ObjectType.registryPackage

    @Test("every attribute and element of an ExtrinsicObject")
    func readsExtrinsicObject() throws {
        let (list, deviations) = try decode(
            """
            <rim:ExtrinsicObject id="d1" lid="l1" status="s" objectType="t" home="urn:oid:1.2" mimeType="a/b" isOpaque="true">
              <rim:Slot name="URI" slotType="st"><rim:ValueList><rim:Value>v1</rim:Value><rim:Value>v2</rim:Value></rim:ValueList></rim:Slot>
              <rim:Name><rim:LocalizedString xml:lang="nl-NL" charset="UTF-8" value=" Titel "/><rim:LocalizedString value="Title"/></rim:Name>
              <rim:Description><rim:LocalizedString value="D"/></rim:Description>
              <rim:VersionInfo versionName="2" comment="c"/>
              <rim:Classification id="c1" objectType="\(classificationType)" classificationScheme="cs" classifiedObject="d1" nodeRepresentation="code"/>
              <rim:ExternalIdentifier id="e1" objectType="x" identificationScheme="is" registryObject="d1" value="v"/>
              <rim:ContentVersionInfo versionName="9"/>
            </rim:ExtrinsicObject>
            """
        )
        var object = RegistryObject(id: "d1", objectType: "t")
        object.lid = "l1"
        object.status = "s"
        object.home = "urn:oid:1.2"
        object.slots = [Slot(name: "URI", slotType: "st", values: ["v1", "v2"])]
        object.name = InternationalString(strings: [
            LocalizedString(value: " Titel ", language: "nl-NL", charset: "UTF-8"), LocalizedString(value: "Title"),
        ])
        object.comments = InternationalString("D")
        object.versionInfo = VersionInfo(versionName: "2", comment: "c")
        object.classifications = [
            Classification(
                object: RegistryObject(id: "c1", objectType: classificationType), classificationScheme: "cs",
                classifiedObject: "d1", nodeRepresentation: "code"
            )
        ]
        object.externalIdentifiers = [
            ExternalIdentifier(
                object: RegistryObject(id: "e1", objectType: "x"), identificationScheme: "is", registryObject: "d1",
                value: "v"
            )
        ]
        let expected = ExtrinsicObject(
            object: object, mimeType: "a/b", isOpaque: "true", contentVersionInfo: VersionInfo(versionName: "9")
        )
        #expect(list.extrinsicObjects == [expected])
        #expect(deviations == [])
    }

    @Test("a node Classification inside the package or beside it is the same")
    func placesClassification() throws {
        let node = """
            <rim:Classification id="c" objectType="\(classificationType)" classifiedObject="p" \
            classificationNode="\(EbRIMVocabulary.Node.folder)"/>
            """
        let inside = try decode(
            "<rim:RegistryPackage id=\"p\" objectType=\"\(packageType)\">\(node)</rim:RegistryPackage>")
        let after = try decode("<rim:RegistryPackage id=\"p\" objectType=\"\(packageType)\"/>\(node)")
        let before = try decode("\(node)<rim:RegistryPackage id=\"p\" objectType=\"\(packageType)\"/>")
        #expect(inside.list == after.list && inside.list == before.list)
        #expect(inside.list.packages.first?.kind == .folder)
        #expect(inside.deviations == [])
        #expect(after.deviations == [.classificationBesidePackage])
        let stray = try decode(node)
        #expect(stray.list.strayClassifications.count == 1)
    }

    @Test("a package with both nodes is unclear")
    func tellsKinds() throws {
        var object = RegistryObject(id: "p")
        #expect(RegistryPackage(object: object).kind == .unclear)
        object.classifications = [Classification(classificationNode: EbRIMVocabulary.Node.submissionSet)]
        #expect(RegistryPackage(object: object).kind == .submissionSet)
        object.classifications.append(Classification(classificationNode: EbRIMVocabulary.Node.folder))
        #expect(RegistryPackage(object: object).kind == .unclear)
    }

    @Test("habits of senders are understood and noted", arguments: habits)
    func notesDeviation(_ xml: String, _ deviation: Deviation) throws {
        let (_, deviations) = try decode(xml)
        #expect(deviations == [deviation])
    }

    static let habits: [(String, Deviation)] = [
        ("<rim:ExtrinsicObject id=\" d1 \"/>", .strayWhitespace),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:Slot name=\"URI\"><rim:ValueList><rim:Value> a\n</rim:Value></rim:ValueList></rim:Slot></rim:ExtrinsicObject>",
            .strayWhitespace
        ),
        ("<rim:RegistryPackage id=\"p\"/>", .missingObjectType),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:Classification id=\"c\" classifiedObject=\"d1\"/></rim:ExtrinsicObject>",
            .missingObjectType
        ),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:Classification id=\"c\" objectType=\"t\"/></rim:ExtrinsicObject>",
            .missingParentReference
        ),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:ExternalIdentifier objectType=\"t\" registryObject=\"d1\"/></rim:ExtrinsicObject>",
            .missingComponentId
        ),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:Description><rim:LocalizedString value=\"a\"/></rim:Description><rim:Name><rim:LocalizedString value=\"a\"/></rim:Name></rim:ExtrinsicObject>",
            .elementOrder
        ),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:Slot name=\"x\"><rim:ValueList><rim:Value>a</rim:Value></rim:ValueList></rim:Slot></rim:ExtrinsicObject>",
            .unknownSlot
        ),
        ("<rim:ExtrinsicObject id=\"d1\"><rim:Name/></rim:ExtrinsicObject>", .emptyName),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:Slot name=\"URI\"><rim:ValueList/></rim:Slot></rim:ExtrinsicObject>",
            .emptySlotValue
        ),
        ("<rim:ExtrinsicObject id=\"urn:uuid:7EDCA82F-054D-47F2-A032-9B2A5B5186C1\"/>", .upperCaseUUID),
        (
            "<rim:ExtrinsicObject id=\"d1\"><rim:ExternalIdentifier id=\"e\" objectType=\"t\" registryObject=\"d1\" identificationScheme=\"\(EbRIMVocabulary.Scheme.documentEntryUniqueId)\"/></rim:ExtrinsicObject>",
            .identifierName
        ),
    ]

    @Test("rim:ObjectRef beside the objects and an empty Description are no deviation, and carry nothing")
    func acceptsWithoutNote() throws {
        let (list, deviations) = try decode(
            "<rim:ObjectRef id=\"nothing\"/><rim:ExtrinsicObject id=\"d1\"><rim:Description/></rim:ExtrinsicObject>")
        #expect(deviations == [])
        #expect(list.extrinsicObjects.map(\.object) == [RegistryObject(id: "d1")])
    }

    @Test("empty Name and Description are absent; a Slot of extra metadata keeps its white space")
    func readsEmptyAndExtra() throws {
        let (list, deviations) = try decode(
            """
            <rim:ExtrinsicObject id="d1"><rim:Slot name="urn:example:x"><rim:ValueList><rim:Value> a </rim:Value></rim:ValueList></rim:Slot>\
            <rim:Name><rim:LocalizedString value=""/></rim:Name><rim:Description/></rim:ExtrinsicObject>
            """
        )
        let object = try #require(list.extrinsicObjects.first?.object)
        #expect(object.name == nil && object.comments == nil)
        #expect(object.slots == [Slot(name: "urn:example:x", values: [" a "])])
        #expect(deviations == [.emptyName])
    }

    @Test(
        "foreign elements in the list",
        arguments: ["<rim:Organization id=\"o\"/>", "<xds:Document id=\"d\"/>", "<foreign/>"])
    func refusesForeign(_ xml: String) { #expect(throws: MessageDecodingError.self) { try decode(xml) } }

    @Test("what is written reads back as it was; elements in the order of the schema")
    func roundTrip() throws {
        let (list, _) = try decode(
            """
            <rim:ExtrinsicObject id="d1" objectType="t" mimeType="a/b">
              <rim:ExternalIdentifier id="e1" objectType="x" identificationScheme="is" registryObject="d1" value="&lt;&amp;&quot;"/>
              <rim:Classification id="c1" objectType="x" classificationScheme="cs" classifiedObject="d1" nodeRepresentation="">
                <rim:Name><rim:LocalizedString value="N"/></rim:Name>
                <rim:Slot name="codingScheme"><rim:ValueList><rim:Value>1.2</rim:Value></rim:ValueList></rim:Slot>
              </rim:Classification>
              <rim:VersionInfo versionName="1"/>
              <rim:Slot name="URI"><rim:ValueList><rim:Value>é &lt;&gt; &amp; "</rim:Value></rim:ValueList></rim:Slot>
            </rim:ExtrinsicObject>
            <rim:Association id="a" objectType="x" associationType="t" sourceObject="d1" targetObject="d1"/>
            """
        )
        let request = try RegisterDocumentSetRequest(decoding: element(list.submitObjectsRequest()))
        #expect(request.submission.objects == list)
        #expect(request.submission.deviations == [])
    }

    @Test("golden: a fragment byte for byte")
    func writesGolden() throws {
        let (list, _) = try decode(
            """
            <rim:Association targetObject="t" sourceObject="s" associationType="at" objectType="ot" id="a" status="st">
              <rim:Slot name="URI"><rim:ValueList><rim:Value>a &amp; b</rim:Value></rim:ValueList></rim:Slot>
            </rim:Association>
            """
        )
        var writer = XMLWriter()
        for association in list.associations { EbRIMEncoder.write(association, to: &writer) }
        #expect(
            String(buffer: writer.buffer) == """
                <rim:Association status="st" id="a" objectType="ot" associationType="at" sourceObject="s" targetObject="t">\
                <rim:Slot name="URI"><rim:ValueList><rim:Value>a &amp; b</rim:Value></rim:ValueList></rim:Slot></rim:Association>
                """
        )
    }
}
