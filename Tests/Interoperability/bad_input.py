#!/usr/bin/env python3
"""Sends what no client should send, and checks that the gateway answers it rightly and goes on serving.

Usage: bad_input.py BASE_URL PKI_DIRECTORY PATIENT_ID [options]

Each case is one function or one line of a table: what is sent, the HTTP statuses and the fault that may come back.
After each case a sound query on a new connection must succeed within a few seconds. Some cases need to know a limit
the gateway was started with (--idle-limit, --document-limit); they are left out, and named, when it is not given.
Exit status 0 when every case went as expected.
"""

import argparse
import gzip
import os
import re
import sys
import time
import xml.etree.ElementTree as ElementTree

import messages
from messages import PROVIDE, QUERY, RETRIEVE, SIMPLE_TYPE
from wire import Connection, exchange, head

CLOSED = None
"""In a set of statuses: the connection may also be closed without an answer."""

GRACE = 10
"""Seconds beyond a limit of time before it counts as not kept."""

REGISTRY, REPOSITORY = "/xds/registry", "/xds/repository"


class Mismatch(Exception):
    """The gateway did something else than expected."""


class Gateway:
    """Where the gateway is and who asks."""

    def __init__(self, options):
        self.base, self.patient = options.base, options.patient
        self.idle_limit, self.document_limit = options.idle_limit, options.document_limit
        self.context = messages.tls(options.pki, options.certificate)

    def post(self, path, content_type, body, extra=(), patience=30):
        return exchange(self.base, self.context, path, content_type, body, extra, patience)

    def connect(self, **options):
        return Connection(self.base, self.context, **options)

    def query(self):
        return messages.envelope(QUERY, messages.find_documents(self.patient))

    def serves(self):
        started = time.monotonic()
        answer = self.post(REGISTRY, SIMPLE_TYPE, self.query(), patience=10)
        if answer.status != 200 or answer.registry_status != "Success":
            raise Mismatch(f"the next request got HTTP {answer.status} {answer.registry_status} {answer.error_codes}")
        if time.monotonic() - started > 5:
            raise Mismatch("the next request took more than 5 seconds")


def expect(answer, statuses, *faults):
    """The status is one of `statuses`; when there is a body, the fault codes are one of `faults` (as a prefix)."""
    if answer.status not in statuses:
        raise Mismatch(f"HTTP {answer.status} {answer.fault}, expected one of {sorted(statuses, key=str)}")
    found = answer.fault
    # Transport answers (405, 408, 413, 415, 431, 503) need not carry SOAP.
    transport = answer.status in (CLOSED, 404, 405, 408, 413, 415, 431, 501, 503)
    if faults and not (transport and not found) and not any(found[: len(fault)] == list(fault) for fault in faults):
        raise Mismatch(f"HTTP {answer.status} with fault {found}, expected one of {faults}")
    return f"{answer.status or 'closed'} {' '.join(found)}".rstrip()


SENDER = ("Sender",)
CASES = {}


def case(function):
    """Registers a case under the words of its name."""
    CASES[function.__name__.replace("_", " ")] = function
    return function


# Envelopes: each is a whole body for the registry, sent as plain SOAP 1.2 in sound HTTP.


def action_header(action):
    return f'<wsa:Action soap:mustUnderstand="1">{action}</wsa:Action>'


def other_headers():
    return "<wsa:MessageID>urn:uuid:8d5c0f3e-7f5e-4a7e-9a8e-0c1d2e3f4a5b</wsa:MessageID>"


def with_query(gateway, headers):
    return messages.envelope(QUERY, messages.find_documents(gateway.patient), headers=headers)


def doctype(declaration, reference=""):
    def build(gateway):
        declared = gateway.query().replace(b"<soap:Envelope", declaration.encode() + b"<soap:Envelope", 1)
        return declared.replace(b"<rim:AdhocQuery ", b"<rim:AdhocQuery comment='" + reference.encode() + b"' ", 1)

    return build


BOMB = (
    "<!DOCTYPE b [<!ENTITY a0 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 10))
    + "]>"
)

ENVELOPES = {
    "empty body": (lambda g: b"", {400}, [SENDER]),
    "truncated XML": (lambda g: g.query()[:-60], {400}, [SENDER]),
    "mismatched tags": (lambda g: g.query().replace(b"</soap:Body>", b"</soap:Buddy>"), {400}, [SENDER]),
    "undeclared prefix": (lambda g: g.query().replace(b"<rim:Slot ", b"<rimm:Slot ", 1), {400}, [SENDER]),
    "NUL in the text": (lambda g: g.query().replace(b"StatusType", b"Status\0Type", 1), {400}, [SENDER]),
    "not UTF-8 although it says so": (
        lambda g: g.query().replace(b"<soap:Body>", b"<soap:Body><!-- \xe9\xe8 -->"),
        {400},
        [SENDER],
    ),
    "DTD": (doctype("<!DOCTYPE soap:Envelope>"), {400}, [SENDER]),
    "entity bomb": (doctype(BOMB, "&a9;"), {400}, [SENDER]),
    "external entity": (doctype('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"), {400}, [SENDER]),
    "external DTD": (doctype('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'), {400}, [SENDER]),
    "10,000 levels": (lambda g: messages.envelope(QUERY, "<a>" * 10_000 + "</a>" * 10_000), {400, 413}, [SENDER]),
    "attribute of 1 MB": (
        lambda g: messages.envelope(QUERY, f'<query:AdhocQueryRequest comment="{"x" * 1_000_000}"/>'),
        {400, 413},
        [SENDER],
    ),
    "100,000 attributes": (
        lambda g: messages.envelope(QUERY, "<a " + " ".join(f'a{n}=""' for n in range(100_000)) + "/>"),
        {400, 413},
        [SENDER],
    ),
    "element name of 1 MB": (lambda g: messages.envelope(QUERY, f"<{'a' * 1_000_000}/>"), {400, 413}, [SENDER]),
    "Action missing": (
        lambda g: with_query(g, other_headers()),
        {400},
        [("Sender", "MessageAddressingHeaderRequired")],
    ),
    "Action twice": (
        lambda g: with_query(g, action_header(QUERY) * 2 + other_headers()),
        {400},
        [("Sender", "InvalidAddressingHeader")],
    ),
    "Action empty": (
        lambda g: with_query(g, action_header("") + other_headers()),
        {400},
        [
            ("Sender", "MessageAddressingHeaderRequired"),
            ("Sender", "InvalidAddressingHeader"),
            ("Sender", "ActionNotSupported"),
        ],
    ),
    "MessageID twice": (
        lambda g: with_query(g, action_header(QUERY) + other_headers() * 2),
        {400},
        [("Sender", "InvalidAddressingHeader")],
    ),
    "Action unknown": (
        lambda g: with_query(g, action_header("urn:example:no-such-action") + other_headers()),
        {400},
        [("Sender", "ActionNotSupported")],
    ),
    "Action of the other actor": (
        lambda g: messages.envelope(RETRIEVE, messages.retrieve("2.999.1", "2.999.2")),
        {400},
        [("Sender", "ActionNotSupported")],
    ),
    "Action does not fit the body": (
        lambda g: messages.envelope(QUERY, messages.retrieve("2.999.1", "2.999.2")),
        {400},
        [SENDER],
    ),
    "no header": (
        lambda g: re.sub(rb"<soap:Header>.*</soap:Header>", b"", g.query()),
        {400},
        [("Sender", "MessageAddressingHeaderRequired")],
    ),
    "empty SOAP body": (lambda g: messages.envelope(QUERY, ""), {400}, [SENDER]),
    "header that must be understood": (
        lambda g: with_query(g, action_header(QUERY) + '<e:x xmlns:e="urn:example" soap:mustUnderstand="true"/>'),
        {500},
        [("MustUnderstand",)],
    ),
    "SOAP 1.1 envelope": (
        lambda g: g.query().replace(messages.SOAP.encode(), b"http://schemas.xmlsoap.org/soap/envelope/"),
        {500},
        [("VersionMismatch",)],
    ),
    "no envelope": (lambda g: b"<hello/>", {400, 500}, [SENDER, ("VersionMismatch",)]),
}

# Declared encodings, sent without a charset in the media type so that the declaration counts.
DECLARATIONS = {
    "UTF-16 declared, UTF-8 sent": (b"UTF-16", {400}),
    "unknown encoding declared": (b"klingon-8", {400, 415}),
}

# Media types for a sound query.
MEDIA_TYPES = {
    "media type missing": (None, {400, 415}),
    "media type text/plain": ("text/plain", {400, 415}),
    "media type application/json": ("application/json", {400, 415}),
    "media type without a slash": ("soap", {400, 415}),
    "media type of SOAP 1.1": ("text/xml; charset=utf-8", {400, 415, 500}),
    "unknown charset": ("application/soap+xml; charset=klingon-8", {400, 415}),
    "multipart without boundary": (
        'multipart/related; type="application/xop+xml"; start-info="application/soap+xml"',
        {400},
    ),
    "multipart with an empty boundary": ('multipart/related; type="application/xop+xml"; boundary=""', {400}),
    "boundary of 200 characters": (f'multipart/related; type="application/xop+xml"; boundary="{"b" * 200}"', {400}),
    "boundary that does not occur": ('multipart/related; type="application/xop+xml"; boundary="nowhere"', {400}),
}


def sound_package(gateway, boundary="sound"):
    return submission(gateway, boundary, messages.include("file@interop.example"))


def submission(gateway, boundary, content, attachments=None, closed=True):
    """An ITI-41 package of one document, whose content and attachments the caller decides."""
    body = messages.provide(
        gateway.patient, {"Document1": (messages.new_oid(), "application/octet-stream", "bad input", content)}
    )
    root = (messages.ROOT_PART, messages.envelope(PROVIDE, body))
    if attachments is None:
        attachments = [(messages.attachment_headers("file@interop.example"), b"bytes of a document")]
    return messages.multipart(boundary, [root, *attachments], closed)


INCLUDE = messages.include("file@interop.example")
NO_CONTENT_ID = {"Content-Type": "application/octet-stream", "Content-Transfer-Encoding": "binary"}

# ITI-41 packages: what the bytes are, the statuses and faults. The boundary is "b".
PACKAGES = {
    "boundary never closed": (lambda g: submission(g, "b", INCLUDE, closed=False), {400}, [SENDER]),
    "package ends inside a part": (lambda g: submission(g, "b", INCLUDE)[:-30], {400}, [SENDER]),
    "package ends inside a part header": (
        lambda g: submission(g, "b", INCLUDE, closed=False) + b"--b\r\nContent-Ty",
        {400},
        [SENDER],
    ),
    "part without Content-ID": (lambda g: submission(g, "b", INCLUDE, [(NO_CONTENT_ID, b"bytes")]), {400}, [SENDER]),
    "reference to no part": (lambda g: submission(g, "b", messages.include("nobody@interop.example")), {400}, [SENDER]),
    "reference that is no cid": (
        lambda g: submission(g, "b", INCLUDE.replace("cid:", "http://127.0.0.1:1/")),
        {400},
        [SENDER],
    ),
    "reference without href": (
        lambda g: submission(g, "b", '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include"/>'),
        {400},
        [SENDER],
    ),
    "two parts with one Content-ID": (
        lambda g: submission(g, "b", INCLUDE, [(messages.attachment_headers("file@interop.example"), b"x")] * 2),
        {400},
        [SENDER],
    ),
    "no part at all": (lambda g: b"--b--\r\n", {400}, [SENDER]),
    "text instead of parts": (lambda g: b"just some text", {400}, [SENDER]),
    "no root part": (
        lambda g: messages.multipart("b", [(messages.attachment_headers("file@interop.example"), b"x")]),
        {400},
        [SENDER],
    ),
    "part header of 1 MB": (
        lambda g: submission(
            g, "b", INCLUDE, [({"Content-ID": "<file@interop.example>", "X-Long": "x" * 1_000_000}, b"x")]
        ),
        {400, 413, 431},
        [SENDER],
    ),
    "100,000 parts": (
        lambda g: submission(
            g, "b", INCLUDE, [(messages.attachment_headers(f"p{n}@interop.example"), b"") for n in range(100_000)]
        ),
        {400, 413},
        [SENDER],
    ),
}


def post_head(gateway, path, media_type, headers):
    """The head of a POST whose body is sent, or not, by the case itself."""
    return head(gateway.base, path, [("Content-Type", media_type), *headers])


@case
def inline_content_that_is_no_base64(gateway):
    """A fault, or a registry answer that refuses it; never stored."""
    answer = gateway.post(REPOSITORY, messages.mtom_type("b"), submission(gateway, "b", "!!! no base64 !!!", []))
    if answer.status == 200 and answer.registry_status == "Failure":
        return f"200 Failure {' '.join(answer.error_codes)}"
    return expect(answer, {400}, SENDER)


@case
def gzip_body(gateway):
    """Refused or understood, never misread."""
    answer = gateway.post(REGISTRY, SIMPLE_TYPE, gzip.compress(gateway.query()), [("Content-Encoding", "gzip")])
    if answer.status == 200 and answer.registry_status == "Success":
        return "200 understood"
    return expect(answer, {400, 415}, SENDER)


@case
def gzip_that_is_none(gateway):
    answer = gateway.post(REGISTRY, SIMPLE_TYPE, gateway.query(), [("Content-Encoding", "gzip")])
    return expect(answer, {400, 415}, SENDER)


@case
def unknown_content_encoding(gateway):
    answer = gateway.post(REGISTRY, SIMPLE_TYPE, gateway.query(), [("Content-Encoding", "x-rot13")])
    return expect(answer, {400, 415}, SENDER)


@case
def body_shorter_than_Content_Length(gateway):
    body = gateway.query()
    with gateway.connect() as connection:
        connection.send(post_head(gateway, REGISTRY, SIMPLE_TYPE, [("Content-Length", len(body) + 1000)]) + body)
        connection.vanish()
        return expect(connection.answer(), {400, CLOSED}, SENDER)


@case
def document_shorter_than_Content_Length(gateway):
    body = submission(gateway, "b", INCLUDE, closed=False)
    with gateway.connect() as connection:
        connection.send(
            post_head(gateway, REPOSITORY, messages.mtom_type("b"), [("Content-Length", len(body) + 100_000)]) + body
        )
        connection.vanish()
        return expect(connection.answer(), {400, CLOSED}, SENDER)


@case
def broken_chunk_size(gateway):
    with gateway.connect() as connection:
        connection.send(
            post_head(gateway, REGISTRY, SIMPLE_TYPE, [("Transfer-Encoding", "chunked")]) + b"zz\r\nno chunk\r\n"
        )
        return expect(connection.answer(), {400, CLOSED})


@case
def two_content_lengths(gateway):
    body = gateway.query()
    with gateway.connect() as connection:
        connection.send(
            post_head(
                gateway, REGISTRY, SIMPLE_TYPE, [("Content-Length", len(body)), ("Content-Length", len(body) - 7)]
            )
            + body
        )
        return expect(connection.answer(), {400, CLOSED})


@case
def negative_content_length(gateway):
    with gateway.connect() as connection:
        connection.send(post_head(gateway, REGISTRY, SIMPLE_TYPE, [("Content-Length", -1)]))
        return expect(connection.answer(), {400, CLOSED})


@case
def header_of_1_MB(gateway):
    with gateway.connect() as connection:
        connection.send(post_head(gateway, REGISTRY, SIMPLE_TYPE, [("X-Long", "x" * 1_000_000), ("Content-Length", 0)]))
        return expect(connection.answer(), {400, 413, 431, CLOSED})


@case
def no_HTTP_at_all(gateway):
    with gateway.connect() as connection:
        connection.send(b"MSH|^~\\&|this is no HTTP\r\n\r\n")
        return expect(connection.answer(), {400, CLOSED})


@case
def wrong_method(gateway):
    with gateway.connect() as connection:
        connection.send(head(gateway.base, REGISTRY, [("Content-Length", 0), ("Connection", "close")], method="DELETE"))
        return expect(connection.answer(), {400, 404, 405})


@case
def unknown_path(gateway):
    return expect(gateway.post("/xds/nowhere", SIMPLE_TYPE, gateway.query()), {404})


@case
def document_larger_than_allowed_announced(gateway):
    """A size over the limit is refused before the bytes are sent."""
    with gateway.connect() as connection:
        connection.send(
            post_head(
                gateway, REPOSITORY, messages.mtom_type("b"), [("Content-Length", 1 << 50), ("Expect", "100-continue")]
            )
        )
        return expect(connection.answer(), {413, 417}, SENDER)


@case
def document_larger_than_allowed_in_chunks(gateway):
    """A body of unknown size is cut off at the limit."""
    if gateway.document_limit is None:
        return None
    start = submission(gateway, "b", INCLUDE, [], closed=False) + (
        b"--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <file@interop.example>\r\n\r\n"
    )
    chunk = bytes(1 << 16)
    with gateway.connect() as connection:
        connection.send(post_head(gateway, REPOSITORY, messages.mtom_type("b"), [("Transfer-Encoding", "chunked")]))
        connection.send(b"%x\r\n%b\r\n" % (len(start), start))
        sent = 0
        while sent < gateway.document_limit + (8 << 20):
            if not connection.send(b"%x\r\n%b\r\n" % (len(chunk), chunk)):
                break
            sent += len(chunk)
        return expect(connection.answer(), {413, CLOSED}, SENDER)


@case
def envelope_larger_than_allowed(gateway):
    """A plain request of 256 MB of blanks costs neither the memory nor the time to read it."""
    with gateway.connect() as connection:
        connection.send(post_head(gateway, REGISTRY, SIMPLE_TYPE, [("Transfer-Encoding", "chunked")]))
        connection.send(b"%x\r\n%b\r\n" % (38, b'<?xml version="1.0" encoding="UTF-8"?>'))
        blanks = b"10000\r\n" + b" " * 65_536 + b"\r\n"
        for _ in range(4096):
            if not connection.send(blanks):
                break
        return expect(connection.answer(), {400, 413, CLOSED}, SENDER)


@case
def a_byte_a_second_in_the_header(gateway):
    return drip(gateway, b"POST /xds/registry HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"x" * 10_000)


@case
def a_byte_a_second_in_the_body(gateway):
    return drip(gateway, gateway.query(), post_head(gateway, REGISTRY, SIMPLE_TYPE, [("Content-Length", 10_000)]))


def drip(gateway, slow, fast=b""):
    """Sends `fast` at once, then `slow` a byte a second; the gateway must end it within its limit and some grace."""
    if gateway.idle_limit is None:
        return None
    started = time.monotonic()
    with gateway.connect() as connection:
        connection.send(fast)
        connection.drip(slow, patience=gateway.idle_limit + GRACE)
        return f"{expect(connection.answer(), {400, 408, CLOSED})} after {time.monotonic() - started:.0f} s"


@case
def silence_in_the_middle_of_a_large_body(gateway):
    """Megabytes at full speed, then nothing: what came before buys no endless wait."""
    if gateway.idle_limit is None:
        return None
    started = time.monotonic()
    with gateway.connect(patience=2 * gateway.idle_limit + GRACE) as connection:
        head = post_head(gateway, REPOSITORY, messages.mtom_type("b"), [("Content-Length", 30_000_000)])
        connection.send(head + submission(gateway, "b", INCLUDE, [], closed=False))
        part = b"--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <file@interop.example>\r\n\r\n"
        connection.send(part + bytes(5_000_000))
        return f"{expect(connection.answer(), {400, 408, CLOSED})} after {time.monotonic() - started:.0f} s"


@case
def silence_after_the_handshake(gateway):
    if gateway.idle_limit is None:
        return None
    started = time.monotonic()
    with gateway.connect(patience=gateway.idle_limit + GRACE) as connection:
        return f"{expect(connection.answer(), {408, CLOSED})} after {time.monotonic() - started:.0f} s"


@case
def client_that_stops_reading(gateway):
    """A large answer nobody reads holds up nobody else, and is given up at the limit."""
    size = 24 << 20
    if gateway.document_limit is not None:
        size = min(size, gateway.document_limit)
    unique_id = messages.new_oid()
    content = os.urandom(1 << 16) * (size >> 16)
    body = messages.provide(
        gateway.patient, {"Document1": (unique_id, "application/octet-stream", "not read", INCLUDE)}
    )
    package = messages.multipart(
        "b0undary",
        [
            (messages.ROOT_PART, messages.envelope(PROVIDE, body)),
            (messages.attachment_headers("file@interop.example"), content),
        ],
    )
    stored = gateway.post(REPOSITORY, messages.mtom_type("b0undary"), package, patience=120)
    if stored.registry_status != "Success":
        raise Mismatch(
            f"the document to retrieve was refused: HTTP {stored.status} {stored.fault} {stored.error_codes}"
        )
    with gateway.connect(receive_buffer=4096, patience=60) as connection:
        request = messages.multipart(
            "b", [(messages.ROOT_PART, messages.envelope(RETRIEVE, messages.retrieve(repository(gateway), unique_id)))]
        )
        connection.send(
            post_head(gateway, REPOSITORY, messages.mtom_type("b"), [("Content-Length", len(request))]) + request
        )
        started = time.monotonic()
        while time.monotonic() - started < (gateway.idle_limit or 2) + 5:
            gateway.serves()
            time.sleep(1)
        # A small answer fits into the buffers between the two and proves nothing.
        if gateway.idle_limit is None or size < 16 << 20:
            return "others are served"
        received = len(connection.answer().body)
        if received >= len(content):
            raise Mismatch("the whole answer was kept for a client that did not read")
        return f"others are served, given up after {received} bytes"


def repository(gateway):
    """The repositoryUniqueId that the registry shows."""
    body = messages.envelope(QUERY, messages.find_documents(gateway.patient, "LeafClass"))
    answer = gateway.post(REGISTRY, SIMPLE_TYPE, body)
    found = re.search(rb'name="repositoryUniqueId".*?Value>\s*([0-9.]+)', answer.body, re.DOTALL)
    if not found:
        raise Mismatch("no document of this patient names its repository")
    return found.group(1).decode()


@case
def MTOM_transaction_in_plain_packaging(gateway):
    """Accepted in the packaging it came in, or refused with a fault."""
    body = messages.provide(
        gateway.patient,
        {"Document1": (messages.new_oid(), "text/plain", "plain", messages.inline(b"no package needed"))},
    )
    answer = gateway.post(REPOSITORY, SIMPLE_TYPE, messages.envelope(PROVIDE, body))
    if answer.status == 200 and answer.registry_status == "Success":
        return "200 accepted"
    return expect(answer, {400, 415}, SENDER)


def tables():
    """The cases of the tables, in the form of the functions above."""
    for name, (build, statuses, faults) in ENVELOPES.items():
        yield name, lambda g, b=build, s=statuses, f=faults: expect(g.post(REGISTRY, SIMPLE_TYPE, b(g)), s, *f)
    for name, (encoding, statuses) in DECLARATIONS.items():
        yield name, lambda g, e=encoding, s=statuses: expect(
            g.post(REGISTRY, "application/soap+xml", g.query().replace(b'"UTF-8"', b'"' + e + b'"', 1)), s, SENDER
        )
    for name, (media_type, statuses) in MEDIA_TYPES.items():
        yield name, lambda g, m=media_type, s=statuses: expect(
            g.post(REGISTRY, m, g.query()), s, SENDER, ("VersionMismatch",)
        )
    for name, (build, statuses, faults) in PACKAGES.items():
        yield name, lambda g, b=build, s=statuses, f=faults: expect(
            g.post(REPOSITORY, messages.mtom_type("b"), b(g)), s, *f
        )
    yield from CASES.items()


def leftovers(directory):
    """Files below `directory`, locks apart, after waiting a little for those that are just being removed."""
    for _ in range(20):
        files = [os.path.join(path, name) for path, _, names in os.walk(directory) for name in names if name[0] != "."]
        if not files:
            return []
        time.sleep(0.25)
    return files


def run(gateway, name, function, empty_directory):
    """One case and what must hold after it: a word on the outcome, or None when it was left out."""
    outcome = function(gateway)
    if outcome is None:
        return None
    gateway.serves()
    if empty_directory:
        left = leftovers(empty_directory)
        if left:
            raise Mismatch(f"left behind: {', '.join(left)}")
    return outcome


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="for instance https://localhost:8443")
    parser.add_argument("pki", help="directory with ca.pem, NAME.pem and NAME.key")
    parser.add_argument("patient", help="a known patient, for instance 900186021^^^&2.16.840.1.113883.2.4.6.3&ISO")
    parser.add_argument("--certificate", default="hospital", help="who asks (default: hospital)")
    parser.add_argument("--idle-limit", type=float, help="seconds after which the gateway gives up a slow client")
    parser.add_argument("--document-limit", type=int, help="largest document in bytes the gateway takes")
    parser.add_argument("--must-stay-empty", metavar="DIRECTORY", help="directory without files after each case")
    parser.add_argument("--only", help="run the cases whose name contains this")
    return parser.parse_args()


def main():
    options = arguments()
    gateway = Gateway(options)
    gateway.serves()
    sound = gateway.post(REPOSITORY, messages.mtom_type("sound"), sound_package(gateway))
    if sound.registry_status != "Success":
        sys.exit(f"bad input: even a sound submission fails: HTTP {sound.status} {sound.fault} {sound.error_codes}")
    passed, failed, skipped = 0, [], []
    for name, function in tables():
        if options.only and options.only not in name:
            continue
        try:
            outcome = run(gateway, name, function, options.must_stay_empty)
        except (Mismatch, OSError, ElementTree.ParseError) as error:
            failed.append(name)
            print(f"FAIL  {name}: {error}")
            continue
        if outcome is None:
            skipped.append(name)
            print(f"left out  {name}")
        else:
            passed += 1
            print(f"ok    {name}: {outcome}")
        sys.stdout.flush()
    print(
        f"bad input: {passed} of {passed + len(failed)} cases as expected, {len(skipped)} left out"
        + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    sys.exit(1 if failed or not passed else 0)


main()
