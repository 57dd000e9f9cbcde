//! The passes of Vivado alone, a file each.

mod distribute_arithmetic;
mod fuse_quantizer_into_distributed;

pub use distribute_arithmetic::{DistributeArithmetic, DistributeEinsumArithmetic};
pub use fuse_quantizer_into_distributed::FuseQuantizerIntoDistributed;
