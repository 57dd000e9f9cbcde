//! The checks of what Vitis HLS supports, a file each.

mod check_bidirectional_io_type;
mod check_bidirectional_merge_mode;
mod check_conv_implementation;
mod check_resource_strategy;
mod check_std_cpp_types;
mod check_unrolled_strategy;

pub use check_bidirectional_io_type::CheckBidirectionalIoType;
pub use check_bidirectional_merge_mode::CheckBidirectionalMergeMode;
pub use check_conv_implementation::CheckConvImplementation;
pub use check_resource_strategy::CheckResourceStrategy;
pub use check_std_cpp_types::CheckStdCppTypes;
pub use check_unrolled_strategy::CheckUnrolledStrategy;

/// Whether the kind's name holds one of these.
fn is_like(kind: &str, names: &[&str]) -> bool {
    names.iter().any(|name| kind.contains(name))
}
