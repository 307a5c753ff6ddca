"""HTTP/1.1 over raw TLS sockets, so that requests may be as wrong as a test needs them."""

import re
import select
import socket
import ssl
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree


class Answer:
    """What came back: `status` is None when the connection ended without a complete status line."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        match = re.match(rb"HTTP/1\.1 (\d{3})", head)
        self.status = int(match.group(1)) if match else None
        self.headers = head.decode("latin-1").lower()

    @property
    def envelope_bytes(self):
        """The SOAP envelope, cut out of its package; None when there is none."""
        match = re.search(rb"<(?:[\w-]+:)?Envelope\b.*</(?:[\w-]+:)?Envelope>", self.body, re.DOTALL)
        return match.group(0) if match else None

    @property
    def fault(self):
        """The local names of the fault code and its subcodes, outermost first; empty when it is no fault."""
        if self.envelope_bytes is None:
            return []
        envelope = ElementTree.fromstring(self.envelope_bytes)
        soap = "{http://www.w3.org/2003/05/soap-envelope}"
        fault = envelope.find(f"{soap}Body/{soap}Fault")
        if fault is None:
            return []
        return [value.text.strip().rpartition(":")[2] for value in fault.find(f"{soap}Code").iter(f"{soap}Value")]

    @property
    def registry_status(self):
        """The last word of the `status` attribute of a registry answer, or None."""
        match = re.search(rb'\bstatus="[^"]*:(\w+)"', self.body)
        return match.group(1).decode() if match else None

    @property
    def error_codes(self):
        """The codes of the registry errors."""
        return [code.decode() for code in re.findall(rb'\berrorCode="([^"]*)"', self.body)]


def head(base, path, headers, method="POST"):
    """A request head, as bytes. Header values are sent as they are."""
    host = urllib.parse.urlsplit(base).netloc
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"] + [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Connection:
    """One TLS connection. Every wait ends after `patience` seconds, with TimeoutError."""

    def __init__(self, base, context, patience=30, receive_buffer=None):
        url = urllib.parse.urlsplit(base)
        plain = socket.socket(socket.AF_INET6 if ":" in (url.hostname or "") else socket.AF_INET)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(patience)
        plain.connect((url.hostname, url.port or 443))
        self.base, self.patience = base, patience
        self.received = b""
        self.ended = False
        self.socket = context.wrap_socket(plain, server_hostname=url.hostname)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends, with an eye on what comes back: stops at the first byte of an answer or at the end of the connection.

        True when all of it was sent."""
        view = memoryview(data)
        deadline = time.monotonic() + self.patience
        self.socket.settimeout(0)
        while view and not self.received and not self.ended:
            if time.monotonic() > deadline:
                raise TimeoutError("the other side does not take what is sent")
            select.select([self.socket], [self.socket], [], 1)
            self.take()
            try:
                view = view[self.socket.send(view[:65536]) :]
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                # What the other side said before it left may still be there to read.
                break
        self.socket.settimeout(self.patience)
        return not view

    def take(self):
        """Takes what has arrived; waits as long as the socket's time limit lets it."""
        try:
            data = self.socket.recv(65536)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
            data = b""
        self.received += data
        self.ended = self.ended or not data

    def answer(self):
        """Reads one answer, past any 100 Continue; stops at its announced end or when the connection ends."""
        deadline = time.monotonic() + self.patience
        while True:
            self.received = re.sub(rb"\AHTTP/1\.1 100[^\r]*\r\n(?:[^\r]+\r\n)*\r\n", b"", self.received)
            end = announced_end(self.received)
            if self.ended or (end is not None and len(self.received) >= end):
                return Answer(self.received)
            if time.monotonic() > deadline:
                raise TimeoutError("no end of the answer")
            self.take()

    def vanish(self):
        """Ends the sending half as a crashed client does: without the farewell of TLS."""
        socket.socket.shutdown(self.socket, socket.SHUT_WR)

    def drip(self, data, patience):
        """Sends a byte a second until an answer has come or the connection ends; TimeoutError after `patience`."""
        started = time.monotonic()
        for position in range(len(data)):
            if self.received or self.ended:
                return
            if time.monotonic() - started > patience:
                raise TimeoutError(f"still open after {patience:.0f} seconds")
            self.send(data[position : position + 1])
            self.socket.settimeout(1)
            try:
                self.take()
            except TimeoutError:
                pass
            self.socket.settimeout(self.patience)


def announced_end(raw):
    """Where the answer in `raw` ends, as far as its head says so; None when that is not known yet."""
    split = raw.find(b"\r\n\r\n")
    if split < 0:
        return None
    head = raw[:split].lower()
    length = re.search(rb"\ncontent-length: *(\d+)", head)
    if length:
        return split + 4 + int(length.group(1))
    if b"transfer-encoding: chunked" in head:
        last = raw.find(b"0\r\n\r\n", split + 4)
        return last + 5 if last >= 0 else None
    return None


def exchange(base, context, path, content_type, body, extra=(), patience=30, method="POST"):
    """One request on a connection of its own, in good HTTP."""
    with Connection(base, context, patience) as connection:
        headers = [("Content-Length", len(body)), ("Connection", "close"), *extra]
        if content_type is not None:
            headers.insert(0, ("Content-Type", content_type))
        connection.send(head(base, path, headers, method) + body)
        return connection.answer()
