//! The passes, a file each.

mod remove_nop_batch_norm;

pub(crate) use remove_nop_batch_norm::RemoveNopBatchNorm;
