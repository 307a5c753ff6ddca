"""Requests as a client would build them by hand: strings in, bytes out. Nothing here knows the gateway."""

import base64
import ssl
import uuid
from xml.sax.saxutils import escape, quoteattr

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "lcm": "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0",
        "query": "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0",
        "rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0",
        "rs": "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0",
        "xds": "urn:ihe:iti:xds-b:2007",
    }.items()
)
PROVIDE = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
QUERY = "urn:ihe:iti:2007:RegistryStoredQuery"
RETRIEVE = "urn:ihe:iti:2007:RetrieveDocumentSet"

FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
STABLE_DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
SUBMISSION_SET = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"

CODE_SYSTEM = "2.999.20.1"
"""The code system of every code in these submissions: the example arc of OIDs."""

DOCUMENT_CODES = {
    "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a": ("REPORTS", "Verslag"),
    "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f": ("N", "Normaal"),
    "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d": ("urn:ihe:iti:xds:2017:mimeTypeSufficient", "Zie mimeType"),
    "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1": ("V4", "Ziekenhuis"),
    "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead": ("0320", "Cardiologie"),
    "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983": ("11490-0", "Ontslagbrief"),
}


def tls(pki, name):
    """A TLS context with the certificate `name` of the development PKI."""
    context = ssl.create_default_context(cafile=f"{pki}/ca.pem")
    context.load_cert_chain(f"{pki}/{name}.pem", f"{pki}/{name}.key")
    return context


def new_oid():
    """An OID nobody has used: a UUID as a number below 2.25."""
    return f"2.25.{uuid.uuid4().int}"


def envelope(action, body, headers=None):
    """A SOAP 1.2 envelope; `headers` replaces the WS-Addressing headers that belong to `action`."""
    if headers is None:
        headers = (
            f'<wsa:Action soap:mustUnderstand="1">{action}</wsa:Action>'
            f"<wsa:MessageID>urn:uuid:{uuid.uuid4()}</wsa:MessageID>"
            f"<wsa:ReplyTo><wsa:Address>{ADDRESSING}/anonymous</wsa:Address></wsa:ReplyTo>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:wsa="{ADDRESSING}" {NAMESPACES}>'
        f"<soap:Header>{headers}</soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


def slot(name, *values):
    """A Slot with its values."""
    listed = "".join(f"<rim:Value>{escape(value)}</rim:Value>" for value in values)
    return f"<rim:Slot name={quoteattr(name)}><rim:ValueList>{listed}</rim:ValueList></rim:Slot>"


def label(text):
    """The Name element of an object."""
    return f"<rim:Name><rim:LocalizedString value={quoteattr(text)}/></rim:Name>"


def code(owner, scheme, value, text):
    """A coded attribute."""
    return (
        f'<rim:Classification id="urn:uuid:{uuid.uuid4()}" classifiedObject="{owner}" classificationScheme="{scheme}"'
        f" nodeRepresentation={quoteattr(value)}>{slot('codingScheme', CODE_SYSTEM)}{label(text)}</rim:Classification>"
    )


def external_identifier(owner, scheme, name, value):
    """patientId, uniqueId or sourceId."""
    return (
        f'<rim:ExternalIdentifier id="urn:uuid:{uuid.uuid4()}" registryObject="{owner}" identificationScheme="{scheme}"'
        f" value={quoteattr(value)}>{label(name)}</rim:ExternalIdentifier>"
    )


def document_entry(symbol, patient, unique_id, mime_type, title):
    """The metadata of one document; hash, size and repository are left to the repository."""
    codes = "".join(code(symbol, scheme, value, text) for scheme, (value, text) in DOCUMENT_CODES.items())
    return (
        f'<rim:ExtrinsicObject id="{symbol}" mimeType="{mime_type}" objectType="{STABLE_DOCUMENT}">'
        + slot("creationTime", "20250304101500")
        + slot("languageCode", "nl-NL")
        + slot("sourcePatientId", "P0077^^^&2.999.10.1&ISO")
        + label(title)
        + codes
        + external_identifier(
            symbol, "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", "XDSDocumentEntry.patientId", patient
        )
        + external_identifier(
            symbol, "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", "XDSDocumentEntry.uniqueId", unique_id
        )
        + "</rim:ExtrinsicObject>"
    )


def submission_set(patient, source_id="2.999.10.2"):
    """The SubmissionSet, with the symbol `set`."""
    return (
        '<rim:RegistryPackage id="set">'
        + slot("submissionTime", "20250304102000")
        + '<rim:Classification id="node" classifiedObject="set" classificationNode="'
        + SUBMISSION_SET
        + '"/>'
        + code("set", "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", "18842-5", "Ontslag")
        + external_identifier(
            "set", "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", "XDSSubmissionSet.patientId", patient
        )
        + external_identifier(
            "set", "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", "XDSSubmissionSet.sourceId", source_id
        )
        + external_identifier(
            "set", "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", "XDSSubmissionSet.uniqueId", new_oid()
        )
        + "</rim:RegistryPackage>"
    )


def provide(patient, documents):
    """The body of ITI-41. `documents`: symbol -> (uniqueId, mime type, title, content as XML)."""
    entries = "".join(
        document_entry(symbol, patient, unique_id, mime_type, title)
        for symbol, (unique_id, mime_type, title, _) in documents.items()
    )
    members = "".join(
        f'<rim:Association id="member-{symbol}" associationType="{HAS_MEMBER}" sourceObject="set"'
        f' targetObject="{symbol}">' + slot("SubmissionSetStatus", "Original") + "</rim:Association>"
        for symbol in documents
    )
    contents = "".join(f'<xds:Document id="{symbol}">{parts[3]}</xds:Document>' for symbol, parts in documents.items())
    return (
        "<xds:ProvideAndRegisterDocumentSetRequest><lcm:SubmitObjectsRequest><rim:RegistryObjectList>"
        f"{entries}{submission_set(patient)}{members}"
        f"</rim:RegistryObjectList></lcm:SubmitObjectsRequest>{contents}</xds:ProvideAndRegisterDocumentSetRequest>"
    )


def include(content_id):
    """The reference to an attachment."""
    return f'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:{content_id}"/>'


def inline(content):
    """A document inside the envelope."""
    return base64.b64encode(content).decode()


def find_documents(patient, return_type="ObjectRef"):
    """The body of ITI-18: the approved documents of a patient."""
    quoted = "'" + patient.replace("'", "''") + "'"
    return (
        f'<query:AdhocQueryRequest><query:ResponseOption returnType="{return_type}" returnComposedObjects="true"/>'
        f'<rim:AdhocQuery id="{FIND_DOCUMENTS}">'
        + slot("$XDSDocumentEntryPatientId", quoted)
        + slot("$XDSDocumentEntryStatus", f"('{APPROVED}')")
        + "</rim:AdhocQuery></query:AdhocQueryRequest>"
    )


def retrieve(repository, *unique_ids):
    """The body of ITI-43."""
    requests = "".join(
        f"<xds:DocumentRequest><xds:RepositoryUniqueId>{repository}</xds:RepositoryUniqueId>"
        f"<xds:DocumentUniqueId>{escape(unique_id)}</xds:DocumentUniqueId></xds:DocumentRequest>"
        for unique_id in unique_ids
    )
    return f"<xds:RetrieveDocumentSetRequest>{requests}</xds:RetrieveDocumentSetRequest>"


ROOT_PART = {
    "Content-Type": 'application/xop+xml; charset=UTF-8; type="application/soap+xml"',
    "Content-Transfer-Encoding": "binary",
    "Content-ID": "<root@interop.example>",
}


def attachment_headers(content_id, mime_type="application/octet-stream"):
    """The headers of an attachment part."""
    return {"Content-Type": mime_type, "Content-Transfer-Encoding": "binary", "Content-ID": f"<{content_id}>"}


def multipart(boundary, parts, closed=True):
    """A multipart body of (headers, content) pairs."""
    pieces = []
    for headers, content in parts:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        pieces += [f"--{boundary}\r\n{lines}\r\n".encode(), content, b"\r\n"]
    if closed:
        pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces)


def mtom_type(boundary, start="<root@interop.example>"):
    """The media type of an MTOM package."""
    return (
        f'multipart/related; type="application/xop+xml"; start="{start}"; start-info="application/soap+xml"; '
        f'boundary="{boundary}"'
    )


SIMPLE_TYPE = "application/soap+xml; charset=UTF-8"
