#!/usr/bin/env python3
"""Asks a running gateway, through its public endpoints, what the Framework asks of a registry and a repository.

Usage: run.py BASE_URL PKI_DIRECTORY --gateway PROGRAM --config FILE [--only MODULE]

Every check is written from the tables of the Framework and knows nothing of the gateway's sources. It makes patients
of its own by the administrator's command, so that it can run on any development region, again and again.
"""

import argparse
import importlib
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent)]

import schemas  # noqa: E402
from checks import Checks  # noqa: E402
from region import Region  # noqa: E402
from suite import CHECKS  # noqa: E402

MODULES = [
    "registration", "folders", "lifecycle", "queries", "on_demand", "multi_patient", "update", "restricted_update",
    "removal", "repository", "patients", "habits", "concurrency"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="for instance https://localhost:8443")
    parser.add_argument("pki", help="directory with ca.pem, NAME.pem and NAME.key")
    parser.add_argument("--gateway", required=True, help="the xds-gateway that administers the region")
    parser.add_argument("--config", required=True, help="its configuration")
    parser.add_argument("--certificate", default="hospital", help="who asks; needs every right (default: hospital)")
    parser.add_argument("--only", help="one module of checks")
    options = parser.parse_args()
    region = Region(options.base, options.pki, [options.gateway, "--config", options.config], options.certificate)
    for module in [options.only] if options.only else MODULES:
        importlib.import_module(module)
    checks = Checks("conformance")
    for module, words, function in CHECKS:
        if not options.only or module == options.only:
            checks.run(words, function, region)
    schemas.report(checks)
    checks.end()


main()
