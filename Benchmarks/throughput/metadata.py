"""Metadata of a Dutch region: ten kinds of documents, each with what such an entry really carries (5.5 to 7 kB)."""

from xml.sax.saxutils import escape, quoteattr

ROOT_TYPE = 'application/xop+xml; charset=UTF-8; type="application/soap+xml"'
BSN = "2.16.840.1.113883.2.4.6.3"
REPOSITORY = "2.999.1.2"
SOURCE = "2.999.40.1"
OBJECT_TYPE = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
SNOMED, LOINC, CARE_PROVIDERS = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1", "2.16.840.1.113883.2.4.15.1060"

CLASS, TYPE = "41a5887f-8865-4c09-adf7-e362475b143a", "f0306f51-975f-434e-a61c-c59651d33983"
FORMAT, FACILITY = "a09d5840-386c-46f2-b5ad-9c3699a4309d", "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
SETTING, CONFIDENTIALITY = "cccf5598-8b07-4b77-a05e-ae952c785ead", "f4f85eac-e6cb-4883-b524-f2705394840f"
EVENT = "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"

# class, type, format, setting, events; each as code, code system, words.
PDF = ("urn:ihe:iti:xds:2017:mimeTypeSufficient", "1.3.6.1.4.1.19376.1.2.3", "De mimeType zegt genoeg")
CDA = ("urn:ihe:pcc:xds-ms:2007", "1.3.6.1.4.1.19376.1.2.3", "Medische samenvatting")
REPORT, SUMMARY = ("REPORTS", "2.999.20.1", "Verslag"), ("SUMMARIES", "2.999.20.1", "Samenvatting")
LETTER, PLAN = ("LETTERS", "2.999.20.1", "Brief"), ("PLANS", "2.999.20.1", "Zorgplan")
KINDS = [
    (
        "Ontslagbrief cardiologie",
        SUMMARY,
        ("18842-5", LOINC, "Ontslagbrief"),
        PDF,
        ("394579002", SNOMED, "Cardiologie"),
    ),
    ("Polibrief longgeneeskunde", LETTER, ("34103-2", LOINC, "Polibrief"), PDF, ("418112009", SNOMED, "Longziekten")),
    (
        "Laboratoriumuitslag",
        REPORT,
        ("11502-2", LOINC, "Uitslag laboratorium"),
        CDA,
        ("708196005", SNOMED, "Hematologie"),
    ),
    (
        "Radiologieverslag thorax",
        REPORT,
        ("18748-4", LOINC, "Beeldvormend onderzoek"),
        PDF,
        ("394914008", SNOMED, "Radiologie"),
    ),
    (
        "Medicatieoverzicht",
        SUMMARY,
        ("56445-0", LOINC, "Medicatieoverzicht"),
        CDA,
        ("394602003", SNOMED, "Revalidatie"),
    ),
    (
        "Verwijsbrief huisarts",
        LETTER,
        ("57133-1", LOINC, "Verwijsbrief"),
        CDA,
        ("394814009", SNOMED, "Huisartsgeneeskunde"),
    ),
    ("Operatieverslag heup", REPORT, ("11504-8", LOINC, "Operatieverslag"), PDF, ("394801008", SNOMED, "Orthopedie")),
    ("Pathologieverslag", REPORT, ("11526-1", LOINC, "Pathologieverslag"), PDF, ("394915009", SNOMED, "Pathologie")),
    ("Individueel zorgplan", PLAN, ("18776-5", LOINC, "Zorgplan"), CDA, ("394811001", SNOMED, "Geriatrie")),
    (
        "Overdracht verpleging",
        PLAN,
        ("34746-8", LOINC, "Verpleegkundige overdracht"),
        PDF,
        ("394609007", SNOMED, "Chirurgie"),
    ),
]
AUTHORS = [
    ("Jansen", "Anneke"),
    ("de Vries", "Pieter"),
    ("van den Berg", "Sanne"),
    ("Bakker", "Johan"),
    ("Visser", "Fatima"),
    ("Smit", "Henk"),
    ("Meijer", "Lotte"),
    ("de Boer", "Rik"),
    ("Mulder", "Aisha"),
    ("Dekker", "Willemijn"),
]


def slot(name, *values):
    """A Slot with its values."""
    return (
        f"<rim:Slot name={quoteattr(name)}><rim:ValueList>"
        + "".join(f"<rim:Value>{escape(value)}</rim:Value>" for value in values)
        + "</rim:ValueList></rim:Slot>"
    )


def words(text):
    """The Name element of an object."""
    return f'<rim:Name><rim:LocalizedString xml:lang="nl-NL" value={quoteattr(text)}/></rim:Name>'


def code(inner, owner, scheme, coded):
    """A coded attribute; `inner` is the id of the Classification."""
    value, system, text = coded
    return (
        f'<rim:Classification id="{inner}" objectType="{OBJECT_TYPE}Classification" classifiedObject="{owner}"'
        f' classificationScheme="urn:uuid:{scheme}" nodeRepresentation={quoteattr(value)}>'
        f"{slot('codingScheme', system)}{words(text)}</rim:Classification>"
    )


def author(inner, owner, scheme, number):
    """An author of the hospital."""
    family, given = AUTHORS[number % len(AUTHORS)]
    return (
        f'<rim:Classification id="{inner}" objectType="{OBJECT_TYPE}Classification" classifiedObject="{owner}"'
        f' classificationScheme="urn:uuid:{scheme}" nodeRepresentation="">'
        + slot("authorPerson", f"90000{number:04d}^{family}^{given}^^^dr.^^^&2.16.528.1.1007.3.1&ISO")
        + slot("authorInstitution", "Ziekenhuis Oost^^^^^&2.16.528.1.1007.3.3&ISO^^^^90000001")
        + "</rim:Classification>"
    )


def identifier(inner, owner, scheme, name, value):
    """patientId, uniqueId or sourceId."""
    return (
        f'<rim:ExternalIdentifier id="{inner}" objectType="{OBJECT_TYPE}ExternalIdentifier" registryObject="{owner}"'
        f' identificationScheme="urn:uuid:{scheme}" value={quoteattr(value)}>'
        f"<rim:Name><rim:LocalizedString value={quoteattr(name)}/></rim:Name></rim:ExternalIdentifier>"
    )


def person(number=0):
    """sourcePatientInfo of an invented person."""
    family = ["Hendriks", "ter Horst", "Oude Luttikhuis", "Wolbers", "Nijhuis"][number % 5]
    return [
        f"PID-5|{family}^Gerda^M^^^^L",
        "PID-7|19480317",
        "PID-8|F",
    ]


def entry(owner, kind, values, inner=None):
    """A DocumentEntry. `values`: patient, unique_id, reference, creation, start, stop, source_patient; hash and size
    where the submitter knows them. `inner`: numbers the ids inside; without it they are symbolic."""
    title, class_code, type_code, format_code, setting = KINDS[kind % len(KINDS)]
    inner = inner or (lambda number: f"{owner}.{number}")
    facility = ("V4", CARE_PROVIDERS, "Ziekenhuis")
    codes = [
        (CLASS, class_code),
        (TYPE, type_code),
        (FORMAT, format_code),
        (SETTING, setting),
        (FACILITY, facility),
        (CONFIDENTIALITY, ("N", "2.16.840.1.113883.5.25", "normaal")),
        (EVENT, ("3457005", SNOMED, "Verwijzing van patiënt")),
    ]
    mime_type = "text/xml" if format_code is CDA else "application/pdf"
    known = "".join(slot(name, values[name]) for name in ("hash", "size", "repositoryUniqueId") if name in values)
    return (
        f'<rim:ExtrinsicObject id="{owner}" mimeType="{mime_type}"'
        ' objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">'
        + slot("creationTime", values["creation"])
        + slot("serviceStartTime", values["start"])
        + slot("serviceStopTime", values["stop"])
        + slot("languageCode", "nl-NL")
        + known
        + slot("sourcePatientId", values["source_patient"])
        + slot("sourcePatientInfo", *person(kind))
        + slot("urn:ihe:iti:xds:2013:referenceIdList", values["reference"])
        + words(title)
        + author(inner(1), owner, "93606bcf-9494-43ec-9b4e-a7748d1a838d", kind)
        + "".join(code(inner(number), owner, scheme, coded) for number, (scheme, coded) in enumerate(codes, 2))
        + identifier(
            inner(20), owner, "58a6f841-87b3-4a3e-92fd-a8ffeff98427", "XDSDocumentEntry.patientId", values["patient"]
        )
        + identifier(
            inner(21), owner, "2e82c1f6-a085-4c72-9da3-8640a32e42ab", "XDSDocumentEntry.uniqueId", values["unique_id"]
        )
        + "</rim:ExtrinsicObject>"
    )


def node(inner, owner, class_node):
    """What kind of RegistryPackage it is."""
    return (
        f'<rim:Classification id="{inner}" objectType="{OBJECT_TYPE}Classification" classifiedObject="{owner}"'
        f' classificationNode="urn:uuid:{class_node}"/>'
    )


def submission_set(owner, patient, unique_id, inner=None):
    """The SubmissionSet."""
    inner = inner or (lambda number: f"{owner}.{number}")
    return (
        f'<rim:RegistryPackage id="{owner}" objectType="{OBJECT_TYPE}RegistryPackage">'
        + slot("submissionTime", "20260304102000")
        + words("Aanlevering")
        + node(inner(1), owner, "a54d6aa5-d40d-43f9-88c5-b4633d873bdd")
        + author(inner(2), owner, "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", 0)
        + code(inner(3), owner, "aa543740-bdda-424e-8c96-df4873be8500", ("11488-4", LOINC, "Consult"))
        + identifier(inner(4), owner, "6b5aea1a-874d-4603-a4bc-96a0a7b38446", "XDSSubmissionSet.patientId", patient)
        + identifier(inner(5), owner, "554ac39e-e3fe-47fe-b233-965d2a147832", "XDSSubmissionSet.sourceId", SOURCE)
        + identifier(inner(6), owner, "96fdda7c-d067-4183-912e-bf5ee74998a8", "XDSSubmissionSet.uniqueId", unique_id)
        + "</rim:RegistryPackage>"
    )


def folder(owner, patient, unique_id, inner):
    """A Folder."""
    return (
        f'<rim:RegistryPackage id="{owner}" objectType="{OBJECT_TYPE}RegistryPackage">'
        + slot("lastUpdateTime", "20260304102000")
        + words("Behandeling hartfalen")
        + node(inner(1), owner, "d9d542f3-6cc4-48b6-8870-ea235fbc94c2")
        + code(inner(2), owner, "1ba97051-7806-41a8-a48b-8fce7af683c5", ("394579002", SNOMED, "Cardiologie"))
        + identifier(inner(3), owner, "f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a", "XDSFolder.patientId", patient)
        + identifier(inner(4), owner, "75df8f67-9973-4fbe-a900-df66cefecc5a", "XDSFolder.uniqueId", unique_id)
        + "</rim:RegistryPackage>"
    )


def member(identifier_text, source, target, original=True):
    """A membership."""
    status = slot("SubmissionSetStatus", "Original") if original else ""
    return (
        f'<rim:Association id="{identifier_text}" objectType="{OBJECT_TYPE}Association" associationType="{HAS_MEMBER}"'
        f' sourceObject="{source}" targetObject="{target}">{status}</rim:Association>'
    )
