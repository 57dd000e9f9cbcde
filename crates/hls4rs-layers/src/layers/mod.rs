//! The kinds of hls4ml 1.3.0 and of its FPGA backends, a file each.

macro_rules! kinds {
    ($($module:ident: $name:ident, $builder:ident;)*) => {
        $(mod $module;
        pub use $module::{$name, $builder};)*

        /// Every kind, in the order of hls4ml's registry, then those of the backends.
        pub const LAYERS: &[&crate::LayerSpec] = &[$($name::SPEC),*];
    };
}

kinds! {
    input: Input, InputBuilder;
    dense: Dense, DenseBuilder;
}
