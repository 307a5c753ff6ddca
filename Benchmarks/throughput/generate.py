"""Fills the real schema: the daemon registers a few template submissions over ITI-42, and SQL multiplies their rows. So
every fragment has the form that this commit writes, whatever columns its migrations have."""

import subprocess

import messages
import metadata
import numbering

TEMPLATE_PATIENT = "999999990"
TEMPLATE = "1000000001"
TABLES = ("submission_set", "document_entry", "folder", "association")
FAMILIES = ("Hendriks", "ter Horst", "Oude Luttikhuis", "Wolbers", "Nijhuis")
FAMILIES += ("Bruggink", "Morsink", "Scholten", "Kamphuis", "Yilmaz")
NAMES = "array[" + ",".join(f"'{name}'" for name in FAMILIES) + "]"

# For each table what differs from row to row: column -> expression over the template row `t` and the number `x`.
SETS = {
    "entry_uuid": "(x.set_prefix || right(t.entry_uuid::text, 4))::uuid",
    "patient_key": "x.k",
    "unique_id": "'2.999.8.' || x.s",
    "registered_at": "x.registered_at",
    "fragment": "replace(replace(replace(t.fragment, x.old_set, x.set_prefix), :'patient', bench_bsn(x.k)),"
    " t.unique_id, '2.999.8.' || x.s)",
}
ENTRIES = {
    "entry_uuid": "(x.prefix || '0000')::uuid",
    "logical_id": "(x.prefix || '0000')::uuid",
    "patient_key": "x.k",
    "unique_id": "'2.999.7.' || x.n",
    "hash": "decode(x.hash, 'hex')",
    "creation_time": "x.day || '101500'",
    "service_start_time": "x.day || '090000'",
    "service_stop_time": "x.day || '093000'",
    "reference_ids": "array['OPDRACHT' || x.s || substr(t.reference_ids[1], 10)]",
    "submission_set": "(x.set_prefix || '0000')::uuid",
    "registered_at": "x.registered_at",
    "fragment": "replace(replace(replace(replace(replace(replace(replace(replace(t.fragment,"
    " left(t.entry_uuid::text, 32), x.prefix), :'patient', bench_bsn(x.k)), t.unique_id, '2.999.7.' || x.n),"
    " encode(t.hash, 'hex'), x.hash), '>20160101', '>' || x.day), 'OPDRACHT1^', 'OPDRACHT' || x.s || '^'),"
    " '>P0077^', '>P' || x.k || '^'), 'PID-5|Hendriks', 'PID-5|' || (" + NAMES + ")[1 + x.k % 10])",
}
FOLDERS = {
    "entry_uuid": "(x.folder_prefix || '0000')::uuid",
    "logical_id": "(x.folder_prefix || '0000')::uuid",
    "patient_key": "x.k",
    "unique_id": "'2.999.9.' || x.s",
    "submission_set": "(x.set_prefix || '0000')::uuid",
    "registered_at": "x.registered_at",
    "fragment": "replace(replace(replace(t.fragment, left(t.entry_uuid::text, 32), x.folder_prefix), :'patient',"
    " bench_bsn(x.k)), t.unique_id, '2.999.9.' || x.s)",
}


def moved(column):
    """An end of an Association, moved from the template's objects to those of the set."""
    return (
        f"case left(t.{column}::text, 1) when '5' then (x.set_prefix || right(t.{column}::text, 4))::uuid"
        f" when 'f' then (x.folder_prefix || '0000')::uuid"
        f" else ((case right(left(t.{column}::text, 32), 1)::int % 2 when 0 then x.entry_prefix"
        f" else x.next_prefix end) || '0000')::uuid end"
    )


ASSOCIATIONS = {
    "entry_uuid": "(x.set_prefix || right(t.entry_uuid::text, 4))::uuid",
    "source_object": moved("source_object"),
    "target_object": moved("target_object"),
    "submission_set": "(x.set_prefix || '0000')::uuid",
    "registered_at": "x.registered_at",
    "fragment": "replace(replace(replace(replace(t.fragment, x.old_set, x.set_prefix), x.old_folder, x.folder_prefix),"
    " x.old_entry, x.entry_prefix), x.old_next, x.next_prefix)",
}

# One row for each set s from :first to :last, with its patient k and template.
NUMBERS = """
create or replace function bench_prefix(kind text, number bigint) returns text language sql immutable parallel safe as
    $$ select left(md5(kind || number)::uuid::text, 32) $$;
create or replace function bench_sets(first bigint, last bigint, big bigint) returns table (s bigint, k bigint,
    template int, set_prefix text, folder_prefix text, registered_at timestamptz)
language sql stable as $$
    select s, k, case when s % 5 = 0 and k % 4 = 0 then 5 else (s % 5)::int end, bench_prefix('set', s),
        bench_prefix('folder', s), timestamptz '2026-01-01' + s * interval '1 millisecond'
    from generate_series(first, last) as s
    cross join lateral (
        select case when s < big * 500 then s / 500 + 1 else big + (s - big * 500) / 5 + 1 end as k) as p
$$;
"""


def template_prefix(letter, number):
    return f"{letter}0000000-0000-4000-8000-0000000{number}"


def template(number):
    """Template 0 to 4: a set with two entries. Template 5: template 0 with a folder that holds both."""
    patient = f"{TEMPLATE_PATIENT}^^^&{metadata.BSN}&ISO"
    whole = template_prefix("5", number)
    kinds = [(2 * number + index) % 10 for index in range(2)]
    # Template 5 has entries of its own, of which only the ids matter: an even one and an odd one.
    letter = "d" if number == 5 else "e"
    prefixes = [template_prefix(letter, kind) for kind in kinds]
    objects = metadata.submission_set(
        f"urn:uuid:{whole}0000", patient, f"2.999.8.{TEMPLATE}.{number}", lambda inner: f"urn:uuid:{whole}{inner:04x}"
    )
    members = [(f"{whole}0000", f"{prefix}0000", True) for prefix in prefixes]
    for kind, prefix in zip(kinds, prefixes):
        values = {
            "patient": patient,
            "unique_id": f"2.999.7.{TEMPLATE}.{number}.{kind}",
            "reference": numbering.order(1),
            "creation": "20160101101500",
            "start": "20160101090000",
            "stop": "20160101093000",
            "source_patient": "P0077^^^&2.999.10.1&ISO",
            "hash": f"{kind + 1:x}" * 40,
            "size": str(100_000 + kind),
            "repositoryUniqueId": metadata.REPOSITORY,
        }
        objects += metadata.entry(
            f"urn:uuid:{prefix}0000", kind, values, lambda inner, prefix=prefix: f"urn:uuid:{prefix}{inner:04x}"
        )
    if number == 5:
        held = template_prefix("f", 0)
        objects += metadata.folder(
            f"urn:uuid:{held}0000", patient, f"2.999.9.{TEMPLATE}.0", lambda inner: f"urn:uuid:{held}{inner:04x}"
        )
        members.append((f"{whole}0000", f"{held}0000", False))
        members += [(f"{held}0000", f"{prefix}0000", False) for prefix in prefixes]
        members += [(f"{whole}0000", f"{whole}{0x1000 + index:04x}", False) for index in (3, 4)]
    for index, (source, target, original) in enumerate(members):
        identifier = f"urn:uuid:{whole}{0x1000 + index:04x}"
        objects += metadata.member(
            identifier, f"urn:uuid:{source}", f"urn:uuid:{target}", original and source != target
        )
    return messages.register(objects)


def keep_templates(region):
    """Takes the rows of the templates out of the registry."""
    region.sql(
        "set session_replication_role = replica;"
        + "".join(
            f"drop table if exists bench_{table}; create table bench_{table} as select * from {table};"
            for table in TABLES
        )
        + "delete from bench_document_entry where entry_uuid::text like 'd%';"
        + "".join(f"delete from {table};" for table in reversed(TABLES))
        + f"delete from patient where patient_id like '{TEMPLATE_PATIENT}^%';"
    )
    found = region.sql("select " + ",".join(f"(select count(*) from bench_{table})" for table in TABLES))
    if found != "6|10|1|17":
        raise RuntimeError(f"the templates are not as they were sent: {found}")


def insertion(region, table, changes, source):
    """Copies every column of the template but those that change."""
    names = region.sql(
        "select string_agg(column_name, ',' order by ordinal_position) from information_schema.columns"
        f" where table_schema = 'public' and table_name = '{table}' and is_generated = 'NEVER'"
    ).split(",")
    values = ", ".join(changes.get(name, f"t.{name}") for name in names)
    return f"insert into {table} ({', '.join(names)}) select {values} from {source};\n"


def part(region, numbers, first, last):
    """The script that fills sets `first` to `last`, with all that is in them."""
    sets = f"bench_sets({first}, {last}, {numbers.big})"
    prefixes = ", ".join(
        f"'{template_prefix(letter, 0)[:-1]}' || {digit} as {name}"
        for name, letter, digit in (("old_set", "5", "b.template"), ("old_folder", "f", "0"))
    )
    # Entries of template 5 are called d..., those of the others e...; the last digit is the kind.
    ends = ", ".join(
        f"case b.template when 5 then 'd' else 'e' end || '{template_prefix('e', 0)[1:-1]}'"
        f" || (2 * (b.template % 5) + {index}) as {name}"
        for name, index in (("old_entry", 0), ("old_next", 1))
    )
    base = (
        f"(select b.*, {prefixes}, {ends}, bench_prefix('entry', 2 * s) as entry_prefix,"
        f" bench_prefix('entry', 2 * s + 1) as next_prefix from {sets} as b) as x"
    )
    entry = (
        "(select b.*, 2 * s + i as n, bench_prefix('entry', 2 * s + i) as prefix,"
        " md5('hash' || (2 * s + i)) || left(md5('more' || (2 * s + i)), 8) as hash,"
        f" to_char(date '2016-01-01' + ((2 * s + i - (case when k <= {numbers.big} then (k - 1) * 1000"
        f" else {numbers.big * 1000} + (k - {numbers.big} - 1) * 10 end)) * {numbering.DAY_STEP}"
        f" % {numbering.DAYS})::int,"
        f" 'YYYYMMDD') as day from {sets} as b cross join generate_series(0, 1) as i) as x"
    )
    number = "split_part(t.unique_id, '.', 5)::int"
    return (
        f"\\set patient {TEMPLATE_PATIENT}\nset session_replication_role = replica; set synchronous_commit = off;\n"
        + insertion(region, "submission_set", SETS, f"{base} join bench_submission_set t on {number} = x.template")
        + insertion(
            region,
            "document_entry",
            ENTRIES,
            f"{entry} join bench_document_entry t on split_part(t.unique_id, '.', 6)::int = x.n % 10",
        )
        + insertion(region, "folder", FOLDERS, f"{base} join bench_folder t on x.template = 5")
        + insertion(
            region,
            "association",
            ASSOCIATIONS,
            f"{base} join bench_association t on right(left(t.entry_uuid::text, 32), 1)::int = x.template",
        )
    )


def people(numbers):
    """The patients, and their consent to the exchange."""
    last = numbers.patients + numbering.WRITERS
    return (
        "set session_replication_role = replica;"
        "insert into patient (patient_key, patient_id, source) overriding system value"
        f" select k, bench_bsn(k) || '^^^&{metadata.BSN}&ISO', 'benchmark' from generate_series(1, {last}) as k;"
        f"select setval(pg_get_serial_sequence('patient', 'patient_key'), {last});"
        "insert into patient_consent (patient_key, organisation_kind, decision, decided_on, source)"
        f" select k, '*', 'given', '2026-01-01', 'benchmark' from generate_series(1, {last}) as k;"
        f"insert into patient_version (patient_key) select k from generate_series(1, {last}) as k on conflict do nothing;"
    )


def fill(region, numbers, sessions=2):
    """Fills the tables with several sessions; indexes that are no constraints are made afterwards."""
    region.sql(numbering.BSN_SQL + NUMBERS + people(numbers))
    where = (
        "schemaname = 'public' and tablename in ({}) and indexname not in (select conname from pg_constraint)".format(
            ",".join(f"'{table}'" for table in TABLES)
        )
    )
    indexes = [
        line.split("|") for line in region.sql(f"select indexname, indexdef from pg_indexes where {where}").splitlines()
    ]
    region.sql("".join(f"drop index {name};" for name, _ in indexes))
    count = numbers.entries // 2
    step = min(250_000, -(-count // sessions))
    parts = [part(region, numbers, first, min(first + step, count) - 1) for first in range(0, count, step)]
    for at in range(0, len(parts), sessions):
        programs = [region.sql_program(script) for script in parts[at : at + sessions]]
        if any(program.wait() != 0 for program in programs):
            raise subprocess.SubprocessError("the tables could not be filled")
    region.sql("".join(f"{definition};" for _, definition in indexes))
    for table in ("patient", "patient_consent", "patient_version", *TABLES):
        region.sql(f"vacuum (freeze, analyze) {table}")
    region.sql("checkpoint")
