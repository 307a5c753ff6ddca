"""The very SQL of the daemon, for pgbench: read from the log of PostgreSQL, which notes every statement and its values
while a daemon answers one request of each kind."""

import re
import subprocess
import time

from programs import Daemon, postgres_program, run

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC \[(\d+)\] (\w+):  ", re.MULTILINE)
VALUE = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
OBJECTS = re.compile(r"\b(document_entry|submission_set|folder|association)\b")
LITERAL = re.compile(r"'(?:[^']|'')*'")
INSERTION = re.compile(r"\s*insert into (document_entry|submission_set|folder|association)\b")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Statement:
    """One statement, with `$1` and on, and its values as text or None."""

    def __init__(self, text, values):
        self.text, self.values = text, values


class Capture:
    """A daemon whose statements are logged."""

    def __init__(self, region):
        self.region = region
        # The number of the captured submission, by which values that are new in each one are known.
        self.marked = region.bench.next_number()
        options = "-c log_statement=all -c log_error_verbosity=default -c log_parameter_max_length=-1"
        # Without answers that are given again: a statement whose answer is kept also reads versions.
        self.daemon = Daemon(
            region, XDS_DATABASE_CONNINFO=f"{region.conninfo} options='{options}'", XDS_REGISTRY_KNOWN_ANSWER_BYTES="0"
        )

    def statements(self, client, request):
        """What was executed about registry objects for this request."""
        path = self.region.log()
        start = path.stat().st_size
        self.daemon.ask(client, request, self.marked)
        time.sleep(0.3)
        with open(path, encoding="utf-8") as file:
            file.seek(start)
            text = file.read().replace("\n\t", "\n")
        heads = list(RECORD.finditer(text))
        records = [
            (head[1], head[2], text[head.end() : following.start() if following else len(text)].rstrip("\n"))
            for head, following in zip(heads, heads[1:] + [None])
        ]
        found = []
        for position, (session, level, content) in enumerate(records):
            executed = re.match(r"execute [^:]*: ", content)
            if level != "LOG" or not executed or not OBJECTS.search(content) or "audit_" in content:
                continue
            values = {}
            for other, kind, detail in records[position + 1 :]:
                if other == session:
                    if kind == "DETAIL":
                        values = {int(match[1]): unquoted(match[2]) for match in VALUE.finditer(detail)}
                    break
            found.append(Statement(content[executed.end() :], values))
        return found

    def query(self, client, request):
        """The one statement of a query."""
        found = [each for each in self.statements(client, request) if not re.match(r"\s*insert", each.text)]
        if len(found) != 1:
            raise RuntimeError(f"{len(found)} statements for one query: {[each.text[:200] for each in found]}")
        return found[0]

    def insertions(self, client, request):
        """The statements that write a submission."""
        found = self.statements(client, request)
        return [each for each in found if INSERTION.match(each.text)]

    def stop(self):
        self.daemon.stop()


def unquoted(text):
    return None if text == "NULL" else text[1:-1].replace("''", "'")


def without_colons(literal):
    """pgbench takes `:name` for a variable even inside quotes; the same text, written so that it does not."""
    text = literal[0]
    return text if ":" not in text else "E" + text.replace("\\", "\\\\").replace(":", "\\x3a")


class Script:
    """A pgbench script with its constants."""

    def __init__(self, folder, name, settings):
        self.path, self.settings = folder / f"{name}.sql", settings
        self.lines, self.constants = [], {}

    def add(self, statement, rotations):
        """Adds a statement: values that rotate become expressions, all others bound constants."""

        def value(match):
            text = statement.values[int(match[1])]
            if text is None:
                return "null"
            if text in rotations:
                return rotations[text]
            name = f"{self.path.stem.replace('-', '_')}_{len(self.lines)}_{match[1]}"
            self.constants[name] = text
            return f":{name}"

        text = LITERAL.sub(without_colons, re.sub(r"\$(\d+)", value, statement.text))
        self.lines.append(" ".join(text.split("\n")) + ";")

    def write(self):
        self.path.write_text(self.settings + "\n".join(self.lines) + "\n")
        return self

    def followed_by(self, text):
        """The same script with one more statement, which commits by itself."""
        longer = Script(self.path.parent, f"{self.path.stem}-and", self.settings)
        longer.lines, longer.constants = [*self.lines, f"{text};"], self.constants
        return longer.write()


def query_scripts(capture, folder, name, case):
    """The scripts of a stored query: one, or one for each variant."""
    scripts = []
    for number in range(case.variants):
        request = case.requests[number * len(case.requests) // case.variants][0]
        script = Script(folder, f"{name}-{number}", case.settings)
        script.add(capture.query("gp", request), case.rotations)
        scripts.append(script.write())
    return scripts


def registration_script(capture, folder, name, case, in_pipeline):
    """The rows of a submission in one durable transaction, with ids of their own each time."""
    script = Script(folder, name, case.settings)
    script.lines += ["\\startpipeline", "begin;"] if in_pipeline else ["begin;"]
    names = {}
    for statement in capture.insertions("hospital", case.requests[0][0]):
        rotations = dict(case.rotations)
        for text in filter(None, statement.values.values()):
            if UUID.fullmatch(text):
                names.setdefault(text, f"md5('{len(names)}' || :seq)::uuid")
                rotations[text] = names[text]
            elif str(capture.marked) in text and len(text) < 100 and not text.startswith("{"):
                before, after = text.split(str(capture.marked), 1)
                rotations[text] = f"('{before}' || :seq || '{after}')"
        script.add(statement, rotations)
    script.lines += ["commit;", "\\endpipeline"] if in_pipeline else ["commit;"]
    return script.write()


def pgbench(region, scripts, clients, seconds):
    """Transactions a second."""
    command = [postgres_program("pgbench"), "-n", "-M", "prepared", "-c", clients, "-j", min(2, clients), "-T", seconds]
    for script in scripts:
        command += ["-f", script.path]
        command += [f"-D{name}={text}" for name, text in script.constants.items()]
    try:
        output = run(*command, region.conninfo)
    except subprocess.SubprocessError as error:
        raise RuntimeError(f"pgbench: {error}") from error
    if re.search(r"number of failed transactions: [1-9]", output) or "aborted" in output:
        raise RuntimeError(f"pgbench: {output}")
    return float(re.search(r"tps = ([0-9.]+)", output)[1])
