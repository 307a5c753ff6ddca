"""Who has what in the generated registry. Everything follows from numbers, so that the SQL that fills the tables, the
requests that ask for it and the pgbench scripts agree without a look at the data.

Patients count from 1: first those with 1,000 entries, then those with 10. Entries, and submission sets of two entries
each, count from 0 in the order of their patients. Entry n is of kind n modulo 10, set s of template s modulo 5."""

import datetime
import hashlib

from metadata import BSN

BIG, SMALL = 1000, 10
WRITERS = 1000
"""Patients without entries, for the submissions of the benchmark."""
FIRST_DAY = datetime.date(2016, 1, 1)
DAYS, DAY_STEP = 3650, 37


class Numbering:
    """The numbers of a registry of this many entries."""

    def __init__(self, entries):
        self.entries = entries
        self.big = max(2, min(100, entries // 10_000))
        self.small = (entries - self.big * BIG) // SMALL
        self.patients = self.big + self.small
        # Patients under treatment at one time: as many at every size, spread over the whole registry.
        self.asked = min(10_000, self.small)
        self.stride = self.small // self.asked

    def asked_patient(self, index):
        return self.big + 1 + index * self.stride

    def first_entry(self, patient):
        if patient <= self.big:
            return (patient - 1) * BIG
        return self.big * BIG + (patient - self.big - 1) * SMALL

    def first_set(self, patient):
        return self.first_entry(patient) // 2


def bsn(patient):
    """A citizen service number that passes the eleven test, in the range that is not given out."""
    digits = [int(digit) for digit in str(9_000_000 + patient)]
    weighted = sum(weight * digit for weight, digit in zip(range(9, 2, -1), digits))
    eighth = 1 if weighted % 11 == 10 else 0
    return f"{9_000_000 + patient}{eighth}{(weighted + 2 * eighth) % 11}"


BSN_SQL = """
create or replace function bench_bsn(patient bigint) returns text language sql immutable parallel safe as $$
    select (9000000 + patient)::text || eighth::text || ((weighted + 2 * eighth) % 11)::text from (
        select weighted, case when weighted % 11 = 10 then 1 else 0 end as eighth from (
            select 9 * (n / 1000000) + 8 * (n / 100000 % 10) + 7 * (n / 10000 % 10) + 6 * (n / 1000 % 10)
                + 5 * (n / 100 % 10) + 4 * (n / 10 % 10) + 3 * (n % 10) as weighted
            from (select 9000000 + patient as n) as prefix) as sum) as digits
$$;
"""

BSN_PGBENCH = """\\set n 9000000 + :k
\\set w 9 * (:n / 1000000) + 8 * (:n / 100000 % 10) + 7 * (:n / 10000 % 10) + 6 * (:n / 1000 % 10)\
 + 5 * (:n / 100 % 10) + 4 * (:n / 10 % 10) + 3 * (:n % 10)
\\set eighth case when :w % 11 = 10 then 1 else 0 end
\\set bsn 100 * :n + 10 * :eighth + (:w + 2 * :eighth) % 11
"""


def cx(patient):
    return f"{bsn(patient)}^^^&{BSN}&ISO"


def prefix(kind, number):
    """All of a UUID but its last four digits: objects inside an object share it."""
    digits = hashlib.md5(f"{kind}{number}".encode()).hexdigest()[:28]
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def entry_uuid(number):
    return prefix("entry", number) + "0000"


def set_uuid(number):
    return prefix("set", number) + "0000"


def order(number):
    """The referenceIdList of the two entries of a set."""
    return f"OPDRACHT{number}^^^&2.999.11&ISO^urn:ihe:iti:xds:2013:order"


def day(index):
    """creationTime of the entry with this index within its patient."""
    return FIRST_DAY + datetime.timedelta(days=index * DAY_STEP % DAYS)
