# Recipes for people who work on leastwise; `just --list` shows them.

# Everything that continuous integration checks.
check:
    .ci/run

# All tests, with what they need.
test *ARGS:
    ./test {{ARGS}}

# Fast tests: no AWS SDK, no servers.
quick *ARGS:
    cargo test --no-default-features {{ARGS}}

# The property tests so many times over, each with new random cases; what fails is kept in proptest-regressions/.
search TIMES="20" *ARGS="--lib":
    for _ in $(seq {{TIMES}}); do cargo test --release --no-default-features {{ARGS}} || exit 1; done

# Format and lint.
lint:
    cargo fmt
    cargo clippy --all-targets -- -D warnings

# Look at changed snapshots and accept them.
review:
    INSTA_UPDATE=always cargo test --no-default-features
    git diff --stat snapshots

# Fuzzes one target, or each in turn, for so many seconds (needs nightly and `cargo install cargo-fuzz`).
fuzz SECONDS="60" TARGETS="diff diff_texts parse estate account_dump batch catalogue service_reference intake":
    for target in {{TARGETS}}; do mkdir -p "fuzz/corpus/$target"; \
        cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time={{SECONDS}} -timeout=20 || exit 1; done

# Writes the page of all rules from rules/.
docs:
    cargo run --quiet --no-default-features -- rules list --format markdown > docs/rules.md

# How long the command takes that does nothing, and the one that looks at one small policy (needs hyperfine).
start-up:
    cargo build --release --no-default-features
    hyperfine --shell=none --warmup 20 'target/release/leastwise --version' \
        'target/release/leastwise lint examples/compiled-profile-policy.json'

# Benchmarks.
bench *ARGS:
    cargo bench --no-default-features {{ARGS}}

# Writes the catalogue's text anew from its pinned sources (needs Node 18 or newer, npm, tar, pip and unzip).
catalogue:
    node tools/catalogue/generate.mjs

# Writes the SDKs' names of operations and services anew from their pinned source (needs Python and pip).
operations:
    python3 tools/operations/list.py
