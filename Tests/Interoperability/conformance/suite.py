"""The list of checks; a module of checks adds to it with the decorator."""

CHECKS = []


def check(words):
    """Registers a check under the words that say what must hold."""

    def register(function):
        CHECKS.append((function.__module__, words, function))
        return function

    return register
