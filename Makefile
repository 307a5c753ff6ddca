.PHONY: help demo test interop bench format lint clean

help:
	@echo 'make demo    build, start everything privately, show the main job; DEMO_ONCE=1 ends after the transcript'
	@echo 'make test    build and run all tests on a private PostgreSQL'
	@echo 'make interop clients of other makers and the conformance checks against the running daemon'
	@echo 'make bench   throughput beside nginx and pgbench, and a document of 1 GiB; BENCH_ENTRIES=10000000 for the full run'
	@echo 'make format  format the Swift files'
	@echo 'make lint    check the form of Swift files and shell scripts'
	@echo 'make clean   stop the private databases; remove them and everything built'

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

interop:
	@scripts/interop.sh

bench:
	@scripts/bench.sh

format:
	@scripts/format.sh

lint:
	@scripts/lint.sh

clean:
	@scripts/clean.sh
