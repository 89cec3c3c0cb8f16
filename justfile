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

# Format and lint.
lint:
    cargo fmt
    cargo clippy --all-targets -- -D warnings

# Look at changed snapshots and accept them.
review:
    INSTA_UPDATE=always cargo test --no-default-features
    git diff --stat snapshots

# Benchmarks.
bench *ARGS:
    cargo bench --no-default-features {{ARGS}}

# Writes the catalogue's text anew from its pinned source (needs Node 18 or newer, npm and tar).
catalogue:
    node tools/catalogue/generate.mjs
