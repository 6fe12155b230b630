# icono. `make help` lists what can be made.

FUZZTIME = 10s
BENCH = .
PREFIX = $(HOME)/.local

.PHONY: help setup setup-cuda setup-tesseract build run run-clip test lint format examples gen generated bench fuzz install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: ## check Go and the C compiler, fetch modules and ONNX Runtime; fast when done
	@.ci/setup

setup-cuda: setup ## fetch the ONNX Runtime for NVIDIA GPUs (Linux x86_64, 290 MB)
	@.ci/setup-cuda

setup-tesseract: ## install Tesseract with German where that needs no question (for `provider: local` of the kind vision)
	@.ci/setup-tesseract

build: setup ## build bin/icono
	@commit=$$(git describe --always --dirty 2>/dev/null || true); \
	go build -ldflags "-X main.commit=$$commit" -o bin/icono ./cmd/icono

run: build ## run the examples that need no download and no key; the last is the whole method, examples/ensemble
	@bin/icono run examples/colour-mood
	@echo
	@bin/icono run --record none examples/visual-frames
	@echo
	@bin/icono run --record none examples/ensemble
	@echo
	@echo "tables:  examples/ensemble/out/merged.csv, and posts.csv and frames.csv of the others in their out folders"
	@echo "report:  examples/ensemble/out/report.html (open it in a browser; the others have one too)"

run-clip: build ## run examples/image-types; fetches a CLIP model (600 MB) the first time
	@bin/icono run examples/image-types || { code=$$?; \
	echo >&2; \
	echo "The study was not run to its end; above stands what is missing." >&2; \
	echo "bin/icono doctor lists what this machine has and how to mend the rest." >&2; \
	exit $$code; }
	@echo
	@echo "tables:  examples/image-types/out/posts.csv and posts.parquet"
	@echo "report:  examples/image-types/out/report.html (open it in a browser)"

test: build ## everything that must hold: lint, generated files, examples, all tests with the race detector
	@rm -f bin/notes
	@.ci/setup-tesseract
	@.ci/lint bin/notes
	@.ci/generated
	@$(MAKE) --no-print-directory examples
	@go run ./internal/gen/testsum -notes bin/notes -- -race -tags assert ./...

lint: ## check format, go vet and staticcheck
	@.ci/lint

format: ## put all Go files into gofmt format
	gofmt -w .

examples: build ## check every example and run those that need no download and no key
	@for file in examples/*/*.yaml; do bin/icono validate "$$file" || exit; done
	@bin/icono run --plain --no-lock examples/colour-mood
	@for study in visual-frames ensemble; do \
	bin/icono run --plain --locked --record none examples/$$study && bin/icono verify examples/$$study || exit; done
	@bin/icono share --plain examples/ensemble -o bin/shared --force >bin/share.log 2>&1 || { cat bin/share.log; exit 1; }
	@bin/icono verify bin/shared
	@bin/icono diff HEAD --study examples/ensemble 2>/dev/null || echo "examples: no git repository to compare with"
	@echo "examples: ok"

gen: ## renew all generated files (schemas, the kinds' READMEs)
	go generate ./...

generated: ## check that make gen has nothing to change
	@.ci/generated

bench: setup ## measure the whole program (ratios) and its parts; BENCH=regexp chooses
	go test -run '^$$' -bench '$(BENCH)' -p 1 $$(go list ./... | grep -v /internal/bench$$)
	go test -run '^$$' -bench '$(BENCH)' ./internal/bench

fuzz: setup ## run every fuzz target for FUZZTIME (10s)
	@.ci/fuzz $(FUZZTIME)

install: build ## install icono into PREFIX/bin (~/.local)
	@mkdir -p "$(DESTDIR)$(PREFIX)/bin"
	@cp bin/icono "$(DESTDIR)$(PREFIX)/bin/icono.new" && mv -f "$(DESTDIR)$(PREFIX)/bin/icono.new" "$(DESTDIR)$(PREFIX)/bin/icono"
	@echo "installed $(DESTDIR)$(PREFIX)/bin/icono"
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) echo "add $(PREFIX)/bin to your PATH to call it by name";; esac

clean: ## remove what was built and the outputs of the examples
	rm -rf bin examples/*/out examples/*/.icono
