"""Checks that print a line each: "+" and what was right, or "-", what was wrong, and how."""

import sys
import traceback


class Wrong(Exception):
    """What the gateway answered is not what the standard asks for."""


class Checks:
    """The checks of one program, in the order they were made."""

    def __init__(self, title):
        self.title = title
        self.passed, self.failed = 0, 0

    def run(self, words, function, *arguments):
        """Calls the function; it raises Wrong, or anything else, when something is wrong."""
        try:
            value = function(*arguments)
        except Wrong as wrong:
            self.report(words, str(wrong))
        except Exception as error:  # A client that breaks is a failed check, not the end of the others.
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.report(words, f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})")
        else:
            self.report(words)
            return value
        return None

    def report(self, words, problem=None):
        """Counts and prints a check."""
        if problem is None:
            self.passed += 1
            print(f"+ {self.title}: {words}", flush=True)
        else:
            self.failed += 1
            print(f"- {self.title}: {words}: {problem}", flush=True)

    def end(self):
        """Exits with 0 when everything was right."""
        sys.exit(1 if self.failed else 0)


def expect(condition, problem):
    """Raises Wrong unless the condition holds."""
    if not condition:
        raise Wrong(problem)


def equal(found, expected, what):
    """Raises Wrong unless both are equal."""
    if found != expected:
        raise Wrong(f"{what} is {found!r}, not {expected!r}")
