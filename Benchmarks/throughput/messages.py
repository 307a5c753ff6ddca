"""SOAP messages as a partner would send them, and the HTTP requests around them."""

from xml.sax.saxutils import escape, quoteattr

import metadata
from metadata import slot

MARK = "@@SEQUENCE@@"
"""Where the load generator writes a number of its own in each sending: twelve digits."""

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "lcm": "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0",
        "query": "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0",
        "rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0",
        "xds": "urn:ihe:iti:xds-b:2007",
    }.items()
)
APPROVED = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
REGISTRY, REPOSITORY = "/xds/registry", "/xds/repository"
BOUNDARY = "bench_boundary"


def envelope(action, body):
    """A SOAP 1.2 envelope with the WS-Addressing headers of a request."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" '
        f'xmlns:wsa="http://www.w3.org/2005/08/addressing" {NAMESPACES}><soap:Header>'
        f'<wsa:Action soap:mustUnderstand="1">urn:ihe:iti:2007:{action}</wsa:Action>'
        f"<wsa:MessageID>urn:uuid:5fe1bd3d-8a2c-4c4b-9f00-{MARK}</wsa:MessageID><wsa:ReplyTo>"
        "<wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo></soap:Header>"
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    )


def post(path, content_type, body, close=False):
    """An HTTP request as bytes."""
    body = body if isinstance(body, bytes) else body.encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    if close:
        head += "Connection: close\r\n"
    return head.encode() + b"\r\n" + body


def get(path, close=False):
    """A plain GET."""
    ending = "Connection: close\r\n\r\n" if close else "\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{ending}".encode()


def query(query_id, return_type, parameters, close=False):
    """ITI-18. `parameters`: name -> values, each as it is written in the slot."""
    slots = "".join(slot("$" + name, *values) for name, values in parameters.items())
    body = (
        f'<query:AdhocQueryRequest><query:ResponseOption returnType="{return_type}" returnComposedObjects="true"/>'
        f'<rim:AdhocQuery id="urn:uuid:{query_id}">{slots}</rim:AdhocQuery></query:AdhocQueryRequest>'
    )
    envelope_text = envelope("RegistryStoredQuery", body)
    return post(REGISTRY, "application/soap+xml; charset=UTF-8", envelope_text, close)


def register(objects):
    """ITI-42 with these objects."""
    listed_objects = f"<rim:RegistryObjectList>{objects}</rim:RegistryObjectList>"
    body = f"<lcm:SubmitObjectsRequest>{listed_objects}</lcm:SubmitObjectsRequest>"
    return post(REGISTRY, "application/soap+xml; charset=UTF-8", envelope("RegisterDocumentSet-b", body))


def package(action, body, attachments=()):
    """An MTOM package. `attachments`: pairs of content id and bytes."""
    content_type = (
        'multipart/related; type="application/xop+xml"; start="<root@bench.example>"; '
        f'start-info="application/soap+xml"; boundary="{BOUNDARY}"'
    )
    parts = [part("root@bench.example", metadata.ROOT_TYPE, envelope(action, body).encode())]
    parts += [part(content_id, "application/pdf", content) for content_id, content in attachments]
    return post(REPOSITORY, content_type, b"".join(parts) + f"--{BOUNDARY}--\r\n".encode())


def part(content_id, content_type, content):
    """One part of a MIME package."""
    head = (
        f"--{BOUNDARY}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{content_id}>\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"


def provide(objects, documents):
    """ITI-41. `documents`: id of the DocumentEntry -> bytes."""
    contents = "".join(
        f'<xds:Document id="{name}"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" '
        f'href="cid:{name}@bench.example"/></xds:Document>'
        for name in documents
    )
    body = (
        "<xds:ProvideAndRegisterDocumentSetRequest><lcm:SubmitObjectsRequest><rim:RegistryObjectList>"
        f"{objects}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>{contents}"
        "</xds:ProvideAndRegisterDocumentSetRequest>"
    )
    attachments = [(f"{name}@bench.example", content) for name, content in documents.items()]
    return package("ProvideAndRegisterDocumentSet-b", body, attachments)


def retrieve(repository, unique_id):
    """ITI-43 of one document."""
    body = (
        "<xds:RetrieveDocumentSetRequest><xds:DocumentRequest>"
        f"<xds:RepositoryUniqueId>{repository}</xds:RepositoryUniqueId>"
        f"<xds:DocumentUniqueId>{escape(unique_id)}</xds:DocumentUniqueId>"
        "</xds:DocumentRequest></xds:RetrieveDocumentSetRequest>"
    )
    return package("RetrieveDocumentSet", body)


def quoted(text):
    """A text as stored queries write it."""
    return "'" + text.replace("'", "''") + "'"


def listed(*texts):
    """A list as stored queries write it."""
    return "(" + ",".join(quoted(text) for text in texts) + ")"


__all__ = ["MARK", "envelope", "get", "listed", "provide", "query", "quoteattr", "quoted", "register", "retrieve"]
