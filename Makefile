# make demo            a whole village on this machine, until Ctrl-C
# make demo STORY=1    the scripted story; evidence in DIR (default: story/)
# make test            every check and test
# make test-boot       packages and a stick made, Debian machines booted, installed, used, cut off (root; ALL=1: both Debians)
# make bench           measurements, as ratios
# make shots           pictures of every screen and page into shots/
# make packages        a .deb of each role for Debian 12 and 13 into build/packages (root); RELEASE=, ROLE=, ARCH= narrow
#                      it, REBUILD=1 makes a newer one of the same commit, TRY=1 imports everything (arm64: qemu)
DIR ?= story
RUN := .venv/bin
COMMA := ,

.PHONY: demo test check bench shots setup lock packages test-boot
demo:
	@deploy/setup.sh village
	@$(RUN)/langso village $(if $(STORY),--story --report $(DIR))

setup:
	@deploy/setup.sh test

check: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy

# In the order of the folders: files with few tests are often the slowest, and sorted last they leave one worker idle;
# the loudspeaker's, which need their time, run beside one another and not beside the scanner's.
test: check
	PYTHONDONTWRITEBYTECODE= $(RUN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 30

bench: setup
	$(RUN)/python -m tests.bench

shots: setup
	LANGSO_SHOTS=$(CURDIR)/shots/kiosk $(RUN)/pytest -q tests/kiosk/test_screens.py tests/kiosk/test_places.py tests/kiosk/shell/test_waiting.py
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
