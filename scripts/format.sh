#!/usr/bin/env bash
# Formats the Swift files in place, after .swift-format.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec swift format format --in-place --parallel --recursive Package.swift Sources Tests schemas
