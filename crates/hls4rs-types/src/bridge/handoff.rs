//! Passing arrays through serde's data model by handle instead of by value.
//!
//! Serde has no notion of an array that is shared. On its way to the bridge a tensor is offered beside its inline
//! form (see [`crate::Tensor`]), and the bridge takes the offer; on its way back it travels as a short byte string that
//! names a place in a table of this thread.

use std::cell::{Cell, RefCell};

use crate::Tensor;

/// The name under which a tensor announces itself to a serializer or deserializer.
pub(crate) const TOKEN: &str = "@ndarray";

thread_local! {
    static TABLE: RefCell<Vec<Option<Tensor>>> = const { RefCell::new(Vec::new()) };
    static OFFER: RefCell<Option<Tensor>> = const { RefCell::new(None) };
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs a serializer on the inline form of a tensor while the tensor itself is on offer.
pub(crate) fn offer<R>(tensor: &Tensor, serialize: impl FnOnce() -> R) -> R {
    OFFER.set(Some(tensor.clone()));
    let result = serialize();
    OFFER.set(None);
    result
}

/// Takes the tensor on offer, if that is what the name announces.
pub(super) fn offered(name: &str) -> Option<Tensor> {
    if name == TOKEN { OFFER.take() } else { None }
}

/// Empties the table when the outermost use of the bridge ends, also after an error.
pub(super) struct Scope;

impl Scope {
    pub(super) fn enter() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() == 0 {
            TABLE.with_borrow_mut(Vec::clear);
        }
    }
}

/// Puts a tensor into the table; the bytes name its place.
pub(super) fn put(tensor: Tensor) -> Vec<u8> {
    let place = TABLE.with_borrow_mut(|table| {
        table.push(Some(tensor));
        table.len() - 1
    });
    [TOKEN.as_bytes(), &place.to_le_bytes()].concat()
}

/// Takes the tensor from the place that the bytes name.
pub(crate) fn take(bytes: &[u8]) -> Option<Tensor> {
    let place = bytes.strip_prefix(TOKEN.as_bytes())?.try_into().ok()?;
    TABLE.with_borrow_mut(|table| table.get_mut(usize::from_le_bytes(place))?.take())
}
