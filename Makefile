# Everything a person does with the project, by name. `make help` lists it.
#
# Needs Go and make, nothing else. On 2 processors: test takes about six minutes,
# bench about three.

GO       ?= go
FUZZTIME ?= 5s
COMMANDS ?= docs/examples/small.commands.csv

# The race detector needs a C compiler; without one the tests run without it.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

# The race detector runs where threads meet: in the gateway and in the program. The
# engine is one thread by construction, and bench is time itself; their tests run
# without it, which is ten times as fast, and one package at a time: a ruler is not
# tested while others shake the table. `make race` leaves nothing out.
RACED  = ./gateway/... ./cmd/...
OTHERS = $$($(GO) list ./... | grep -v '^pricetime/\(gateway\|cmd\)')

.PHONY: help build run demo replay test bench budget pgo check race fuzz clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r t what; do printf 'make %-7s %s\n' "$$t" "$$what"; done

build: ## build ./pricetime
	$(GO) build -o pricetime ./cmd/pricetime

run: build ## run a venue on 127.0.0.1:7001 and show how to send it a first order
	@./pricetime serve --hello

demo: build ## run a venue with made-up order flow and watch its book
	@./pricetime demo

replay: build ## play the example commands through the core and over TCP, every fill checked; COMMANDS=FILE[.gz] for another
	@./pricetime replay --commands $(COMMANDS)
	@./pricetime replay --commands $(COMMANDS) --over tcp

test: check ## formatting, vet, all tests, twenty seconds of fuzzing
	$(GO) test -p 1 $(OTHERS)
	$(GO) test -tags checked ./engine
	$(GO) test -tags stamps -run 'Stamp|Steady' ./gateway/... ./bench ./cmd/...
	@$(if $(RACE),,echo "no C compiler: the tests run without the race detector")
	$(GO) test $(RACE) $(RACED)
	@$(MAKE) --no-print-directory fuzz

bench: build ## measure this machine: about three minutes, tables and a report
	@./pricetime bench

budget: ## where the time of one order goes, stage by stage (a build with stamps: pricetime-stamps)
	$(GO) build -tags stamps -o pricetime-stamps ./cmd/pricetime
	@./pricetime-stamps bench budget

pgo: build ## profile a venue under load; the next build is guided by it (cmd/pricetime/default.pgo)
	@bench/pgo.sh ./pricetime cmd/pricetime/default.pgo

check: ## gofmt and vet
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt -w would change:" $$unformatted; exit 1; fi
	$(GO) vet ./...

race: ## all tests under the race detector; slow
	$(GO) test -race ./...

fuzz: ## fuzz the JSON decoder, its fast path against its general one, and the files' readers, for FUZZTIME (5s) each
	$(GO) test -run '^$$' -fuzz '^FuzzDecode$$' -fuzztime $(FUZZTIME) ./gateway/wire/jsonl
	$(GO) test -run '^$$' -fuzz '^FuzzFastEqualsGeneral$$' -fuzztime $(FUZZTIME) ./gateway/wire/jsonl
	$(GO) test -run '^$$' -fuzz '^FuzzInstruments$$' -fuzztime $(FUZZTIME) ./gateway/config
	$(GO) test -run '^$$' -fuzz '^FuzzAccounts$$' -fuzztime $(FUZZTIME) ./gateway/config

clean: ## remove what make and the benchmarks made
	rm -rf pricetime pricetime-stamps bench/out
