//! The `newswatch` program.

fn main() {}
