//! The values that conditions compare: numbers, instants, address blocks.

mod cidr;
mod decimal;
mod instant;

pub use cidr::Cidr;
pub use decimal::Decimal;
pub use instant::Instant;
