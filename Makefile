# The commands of daily work; what they do is in CMakeLists.txt and CMakePresets.json.
PRESET = release
ADDRESS = 127.0.0.1:8080
SECONDS = 60
LABELS = .

# What the preset needs beside the packages of every build.
compiler = $(if $(findstring clang,$(PRESET)),clang)
# Node.js of another source than Debian's has npm in it.
node = $(if $(shell command -v npm),,node)
# User Mode Linux does not run on processors with AMX: QEMU takes its place in tests.
emulator = $(shell grep -sqw amx_tile /proc/cpuinfo && echo emulator)
jobs := $(shell nproc 2>/dev/null || echo 2)

.PHONY: help
help:
	@echo 'make run                  serve conf/webserv.toml on a socket as systemd would pass it; ADDRESS=$(ADDRESS)'
	@echo 'make test                 build, and run every test; PRESET=$(PRESET) (cmake --list-presets),'
	@echo '                      or those with LABELS, as unit|integration (ctest --print-labels)'
	@echo 'make check-all            the tests with g++, with clang, and under the sanitizers'
	@echo 'make tidy                 clang-tidy over src'
	@echo 'make fuzz                 every fuzz target for SECONDS=$(SECONDS)'
	@echo 'make bench                the benchmarks'
	@echo 'make docs                 docs/configuration.md anew from the schema'
	@echo 'make format               clang-format over all sources'
	@echo 'Missing Debian packages are installed first (cmake/packages.txt).'

.PHONY: run
run:
	@cmake/install-packages.sh build run
	@$(MAKE) --no-print-directory build/$(PRESET)/build.ninja
	@cmake --build build/$(PRESET) --target webserv
	@echo 'webserv: http://$(ADDRESS)/ (starts with the first connection; Ctrl-C ends it)'
	@systemd-socket-activate --listen=$(ADDRESS) --fdname=http build/$(PRESET)/webserv serve --config conf/webserv.toml

.PHONY: test
test:
	@cmake/install-packages.sh build test $(compiler) $(node) $(emulator)
	@$(MAKE) --no-print-directory build/$(PRESET)/build.ninja
	@cmake --build build/$(PRESET)
	@ctest --test-dir build/$(PRESET) --output-on-failure -j $(jobs) -L '$(LABELS)'

.PHONY: check-all
check-all:
	@for preset in release release-clang asan tsan; do $(MAKE) --no-print-directory test PRESET=$$preset || exit; done

.PHONY: tidy
tidy:
	@cmake/install-packages.sh build clang tidy
	@$(MAKE) --no-print-directory build/release-clang/build.ninja
	@find src -name '*.cc' -print0 | xargs -0 -n 8 -P $(jobs) clang-tidy-19 --quiet -p build/release-clang

.PHONY: fuzz
fuzz:
	@cmake/install-packages.sh build clang
	@$(MAKE) --no-print-directory build/fuzz/build.ninja
	@cmake --build build/fuzz --target fuzzers
	@tests/fuzz/run.sh build/fuzz/tests $(SECONDS) $(jobs)

.PHONY: bench
bench:
	@cmake/install-packages.sh build bench
	@$(MAKE) --no-print-directory build/bench/build.ninja
	@cmake --build build/bench
	@build/bench/bench/codec_bench

.PHONY: docs
docs:
	@cmake/install-packages.sh build
	@$(MAKE) --no-print-directory build/$(PRESET)/build.ninja
	@cmake --build build/$(PRESET) --target docs

.PHONY: format
format:
	@git ls-files -z '*.h' '*.cc' | xargs -0 clang-format-14 -i

build/%/build.ninja: CMakePresets.json
	@cmake --preset $* && touch $@
