.PHONY: help demo test format lint clean

help:
	@echo 'make demo    build, start everything privately, show the main job; DEMO_ONCE=1 ends after the transcript'
	@echo 'make test    build and run all tests on a private PostgreSQL'
	@echo 'make format  format the Swift files'
	@echo 'make lint    check the form of Swift files and shell scripts'
	@echo 'make clean   stop the private databases; remove them and everything built'

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

format:
	@scripts/format.sh

lint:
	@scripts/lint.sh

clean:
	@scripts/clean.sh
