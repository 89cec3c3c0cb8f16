//! All layers of a principal together: AWS's own cases, and brute force over small worlds.

mod cases;
mod random;
mod world;

use super::*;
