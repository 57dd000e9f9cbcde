//! Objects of classes that nobody registered.

use crate::Attributes;

/// An object whose class this program does not know, or whose state has fields it does not know.
///
/// It is kept with everything it held, prints, compares and saves; nothing can be computed with it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownObject {
    /// The class as Python names it, module and all.
    pub class_name: String,
    /// The fields.
    pub state: Attributes,
}
