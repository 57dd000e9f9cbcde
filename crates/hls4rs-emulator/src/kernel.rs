//! What a kernel is.

use std::fmt::Debug;

use hls4rs_fixed::{Fixed, Format};

use crate::buffer::{Buffer, View};
use crate::form::Form;
use crate::log::Log;
use crate::loops::Marker;
use crate::places::Places;
use crate::scratch::Scratch;

/// The computation of one layer, with everything that does not depend on the data.
pub(crate) trait Kernel: Debug + Send + Sync {
    /// Computes the outputs of one sample from its inputs.
    ///
    /// Every assignment to a type goes through its [`crate::log::Slot`].
    fn run(&self, io: &mut Io<'_>, log: &mut Log);

    /// What the kernel computes, if it is something that fast forms are made from.
    fn form(&self) -> Form<'_> {
        Form::Other
    }

    /// What the layer keeps from one sample to the next, as it is at first.
    fn state(&self) -> Vec<Fixed> {
        Vec::new()
    }

    /// What the layer marks, if it is the beginning or the end of a loop.
    fn marker(&self) -> Option<Marker> {
        None
    }

    /// A faster form of its own with equal results, for tensors of these formats, if there is one.
    fn fast(&self, _inputs: &[Format]) -> Option<Box<dyn FastKernel>> {
        None
    }
}

/// A faster form of a kernel: equal results, proven when the plan was made.
pub(crate) trait FastKernel: Debug + Send + Sync {
    /// Computes the outputs of the first samples of all tensors, and sets the places of those values that it was made to keep.
    fn run(&self, io: &mut Io<'_>, places: &mut Places<'_, '_>, samples: usize);
}

/// The tensors of a layer.
pub(crate) struct Io<'a> {
    /// What the layer reads.
    pub(crate) inputs: Inputs<'a>,
    /// What it makes, each with the format of its variable.
    pub(crate) outputs: &'a mut [Buffer],
    /// Memory to borrow.
    pub(crate) scratch: &'a mut Scratch,
    /// Number of the time step, within a loop over them.
    pub(crate) time_step: usize,
    /// What the layer keeps from one sample to the next.
    pub(crate) state: &'a mut [Fixed],
}

/// The tensors that a layer reads.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub(crate) buffers: &'a [Buffer],
    pub(crate) indices: &'a [usize],
}

impl<'a> Inputs<'a> {
    /// Number of inputs.
    pub(crate) fn len(self) -> usize {
        self.indices.len()
    }

    /// An input.
    pub(crate) fn get(self, index: usize) -> View<'a> {
        self.buffers[self.indices[index]].view()
    }

    /// The memory of an input, for fast forms.
    pub(crate) fn buffer(self, index: usize) -> &'a Buffer {
        &self.buffers[self.indices[index]]
    }
}

impl<'a> Io<'a> {
    /// The first input.
    pub(crate) fn input(&self) -> View<'a> {
        self.inputs.get(0)
    }
}
