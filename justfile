# What a developer types more than once.

# Everything that a change has to pass.
ci:
    .ci/run

# The quickstart, from the feeds that the project ships.
quickstart:
    cargo run --release -- run config/quickstart.toml

# Crash tests at length: five times the lives of `cargo test`, and 100,000 simulated worlds.
soak:
    NEWSWATCH_SOAK=5 NEWSWATCH_SIMULATION_SEEDS=100000 PROPTEST_CASES=20000 PROPTEST_RNG_SEED=$(date +%s) cargo test --release

# Licences, duplicates and sources of the dependencies (cargo install cargo-deny).
deny:
    cargo deny check licenses bans sources
