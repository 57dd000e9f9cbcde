//! What several backends set of the layers of a kind, a file each.

mod embedding;
mod parallelization;
mod softmax;
mod weight_axes;

pub use embedding::init_embedding;
pub use parallelization::parallelization_factor;
pub use softmax::init_softmax;
pub use weight_axes::give_weight_its_axes;
