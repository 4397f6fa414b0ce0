# make demo            a whole village on this machine, until Ctrl-C
# make demo STORY=1    the scripted story; evidence in DIR (default: story/)
#                      LANGUAGE=en tells it in English, with English pages; qps in the language made for tests
# make test            every check and test
# make test-boot       packages and a stick made, Debian machines booted, installed, used, cut off (root; ALL=1: both Debians)
# make mutants         300 small changes of the rules, one at a time: does a test fail? (ROOM= one room, KEY= by name)
# make torture         power cuts replayed from a disk's own journal, and cards that fail or hang at each write while a
#                      loudspeaker plays (root; CUTS= disks for each way of writing); a million simulated plays
#                      (OCCURRENCES=), sounds and servers that are not what they
#                      should be, 200 times kill -9 held against recordings (KILLS=), an hour of soak (MINUTES=)
# make fuzz            every parser of what comes from outside fed ten million damaged inputs, a device 200,000 forged
#                      documents, of which it may take none (RUNS=, ENVELOPES=, SEED=)
# make bench           measurements, as ratios
# make shots           pictures of every screen and page into shots/
# make packages        a .deb of each role for Debian 12 and 13 into build/packages (root); RELEASE=, ROLE=, ARCH= narrow
#                      it, REBUILD=1 makes a newer one of the same commit, TRY=1 imports everything (arm64: qemu)
DIR ?= story
RUN := .venv/bin
COMMA := ,
TESTS := PYTHONDONTWRITEBYTECODE= $(RUN)/pytest -n 4 --dist loadfile --no-loadscope-reorder --durations 30
# Of the command line only: desktops export a LANGUAGE that means something else.
SPEAKING := $(if $(filter command,$(origin LANGUAGE)),LANGSO_LANGUAGE=$(LANGUAGE))

.PHONY: demo test check mutants torture fuzz bench shots setup lock packages test-boot
demo:
	@deploy/setup.sh village
	@$(SPEAKING) $(RUN)/langso village $(if $(STORY),--story --report $(DIR))

setup:
	@deploy/setup.sh test

check: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy

# In the order of tests/shared/longest_first.py; types are checked in what the tests leave idle, and told at the end.
# In a fresh checkout the tests are compiled once, not by four at a time.
test: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	@told=$$(mktemp) && trap 'rm -f "$$told"' EXIT; \
	nice -n 19 $(RUN)/mypy >"$$told" 2>&1 & types=$$!; \
	[ -d tests/__pycache__ ] || PYTHONDONTWRITEBYTECODE= $(RUN)/pytest --collect-only -q >/dev/null 2>&1; \
	echo "$(TESTS)"; $(TESTS); failed=$$?; \
	wait $$types || failed=1; \
	echo "$(RUN)/mypy"; cat "$$told"; exit $$failed

mutants: setup
	$(RUN)/python -m tests.mutants $(ROOM:%=--room %) $(if $(KEY),--key "$(KEY)")

torture: setup
	$(RUN)/python -m tests.torture $(CUTS:%=--cuts %)
	LANGSO_TORTURE=1 $(RUN)/pytest -q tests/speaker/test_failing_card.py tests/speaker/test_hanging_card.py
	$(RUN)/python -m tests.torture.occurrences $(OCCURRENCES:%=--occurrences %)
	$(RUN)/python -m tests.torture.bad_media
	$(RUN)/python -m tests.torture.kills $(KILLS:%=--kills %)
	$(RUN)/python -m tests.torture.soak $(MINUTES:%=--minutes %)

fuzz: setup
	$(RUN)/python -m tests.torture.fuzz $(RUNS:%=--runs %) $(ENVELOPES:%=--envelopes %) $(SEED:%=--seed %)

bench: setup
	$(RUN)/python -m tests.bench

shots: setup
	LANGSO_SHOTS=$(CURDIR)/shots/kiosk $(RUN)/pytest -q tests/kiosk/test_screens*.py tests/kiosk/test_places.py tests/kiosk/shell/test_unpaired.py
	$(RUN)/python tests/office/web/shots.py shots/office

lock:
	requirements/lock.sh --upgrade

packages:
	@deploy/setup.sh packages
	@$(RUN)/python -m deploy.packages $(RELEASE:%=--release %) $(ROLE:%=--role %) $(ARCH:%=--arch %) $(REBUILD:%=--rebuild %) $(if $(TRY),--try)

# One Debian and one interruption; with ALL=1 both and ten.
test-boot:
	@deploy/setup.sh boot
	@LANGSO_BOOT=$(if $(ALL),bookworm$(COMMA)trixie,$(or $(RELEASE),trixie)) LANGSO_BOOT_ALL=$(ALL) $(RUN)/pytest -x -p no:cacheprovider --timeout=1800 -v tests/boot
