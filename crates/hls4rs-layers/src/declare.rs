//! The macro that declares a kind of layer.

/// Declares a kind of layer: struct, accessors, builder, validation and schema from one description.
///
/// ```
/// use hls4rs_layers::{Layer, LayerError, LayerState, Shape, layer};
///
/// layer! {
///     /// Reverses its input.
///     Reverse, ReverseBuilder = "my_package.HReverse";
///     aliases: ["Reverse"];
///     inputs: 1, 1;
///     attributes: {
///         axis: Int = Int(-1), configurable, "axis along which the order is reversed";
///     }
///     weights: {}
///     infer: same_shape;
///     initialize: |init| init.outputs();
/// }
///
/// fn same_shape(_: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
///     Ok(inputs.to_vec())
/// }
///
/// let layer = Reverse::builder("flip").axis(0).build().into_layer();
/// assert_eq!(layer.infer(&[vec![3, 4]])?, [vec![3, 4]]);
/// # Ok::<(), LayerError>(())
/// ```
///
/// An attribute is `name: Kind, "documentation";` if it is required, with `= Optional` if it may be absent, with
/// `= Int(1)`, `= Bool(false)`, `= Str("…")`, `= Float(0.5)`, `= Precision("…")` or `= EmptyList` for a default (see
/// [`Default`](crate::Default)), and with `, configurable` before the documentation if users may set it. `Kind` is an
/// [`AttributeType`](crate::AttributeType), `Kind | Kind` if the value may be of either.
///
/// `infer` and `initialize` are functions or closures; `|init| init.outputs_and_weights()` does what most kinds need.
///
/// A weight is `name = "variable{index}"`, with `, "quantizer attribute"` if a quantizer may be applied.
///
/// The first name is the struct, the second its builder, the text the class as Python names it, whose last part is the
/// kind. Kinds of the same name in different modules need structs of different names.
#[macro_export]
macro_rules! layer {
    (
        #[doc = $summary:literal]
        $(#[doc = $doc:literal])*
        $name:ident, $builder:ident = $class:literal;
        aliases: [$($alias:literal),* $(,)?];
        inputs: $least:expr, $most:expr;
        attributes: {
            $($attribute:ident: $kind:ident $(| $or:ident)* $(= $default:ident $(($value:literal))?)?
                $(, $configurable:ident)?, $attribute_doc:literal;)*
        }
        weights: { $($weight:ident = $variable:literal $(, $quantizer:literal)?;)* }
        infer: $infer:expr;
        initialize: $initialize:expr;
    ) => {
        #[doc = $summary]
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            state: $crate::LayerState,
        }

        #[doc = concat!("Describes a [`", stringify!($name), "`](struct@", stringify!($name), ") in code.")]
        #[derive(Debug, Clone)]
        pub struct $builder {
            draft: $crate::Draft,
        }

        impl $name {
            /// The declaration.
            pub const SPEC: &'static $crate::LayerSpec = &$crate::LayerSpec {
                kind: $crate::__private::kind_of($class),
                class_name: $class,
                aliases: &[$($alias),*],
                summary: $summary,
                inputs: ($least, $most),
                attributes: &[$($crate::AttributeSpec {
                    name: stringify!($attribute),
                    ty: $crate::AttributeType::$kind,
                    or: &[$($crate::AttributeType::$or),*],
                    choices: &[],
                    default: $crate::__default!($($default $(($value))?)?),
                    configurable: $crate::__configurable!($($configurable)?),
                    doc: $attribute_doc,
                }),*],
                weights: &[$($crate::WeightSpec {
                    name: stringify!($weight),
                    variable: $variable,
                    quantizer: $crate::__quantizer!($($quantizer)?),
                }),*],
                infer: $infer,
                initialize: $initialize,
                make: |state| Box::new($name { state }),
            };

            /// Begins the description of a layer of that name.
            pub fn builder(name: impl Into<String>) -> $builder {
                $builder { draft: $crate::Draft::new(Self::SPEC, name) }
            }

            $($crate::__accessor!($attribute, $kind, $attribute_doc);)*
        }

        impl $builder {
            $(#[doc = concat!("Sets `", stringify!($attribute), "`: ", $attribute_doc, ".")]
            #[must_use]
            pub fn $attribute(
                mut self,
                value: impl $crate::IntoSetting<$crate::__setting_kinds::$kind>,
            ) -> Self {
                let (name, value) = value.into_setting(&self.draft.name, stringify!($attribute));
                self.draft.attributes.insert(name, value);
                self
            })*

            /// Sets any attribute.
            #[must_use]
            pub fn with(mut self, name: impl Into<String>, value: impl Into<$crate::Attribute>) -> Self {
                self.draft.attributes.insert(name, value);
                self
            }

            /// The outputs that the layer reads; by default those of the layer before it.
            #[must_use]
            pub fn inputs<N: Into<String>>(mut self, inputs: impl IntoIterator<Item = N>) -> Self {
                self.draft = self.draft.inputs(inputs);
                self
            }

            /// The description, to be added to a graph.
            #[must_use]
            pub fn build(self) -> $crate::Draft {
                self.draft
            }
        }

        impl From<$builder> for $crate::Draft {
            fn from(builder: $builder) -> Self {
                builder.draft
            }
        }

        // by hand, because the derive macros find serde by a text, in which `$crate` has no meaning
        const _: () = {
            use $crate::__private::serde::{Deserialize, Deserializer, Serialize, Serializer};
            use $crate::__private::typetag;

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    self.state.serialize(serializer)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    $crate::LayerState::deserialize(deserializer).map(|state| Self { state })
                }
            }

            #[typetag::serde(name = $class)]
            impl $crate::Layer for $name {
                fn spec(&self) -> &'static $crate::LayerSpec {
                    Self::SPEC
                }

                fn state(&self) -> &$crate::LayerState {
                    &self.state
                }

                fn state_mut(&mut self) -> &mut $crate::LayerState {
                    &mut self.state
                }

                fn boxed_clone(&self) -> Box<dyn $crate::Layer> {
                    Box::new(self.clone())
                }
            }
        };
    };
}

/// The kinds that choose what a builder's setter takes.
#[doc(hidden)]
pub use crate::builder::kinds as __setting_kinds;

/// The class without its module.
#[doc(hidden)]
#[must_use]
pub const fn __kind_of(class_name: &'static str) -> &'static str {
    let mut start = class_name.len();
    while start > 0 && class_name.as_bytes()[start - 1] != b'.' {
        start -= 1;
    }
    class_name.split_at(start).1
}

#[doc(hidden)]
#[macro_export]
macro_rules! __default {
    () => {
        $crate::Default::Required
    };
    ($default:ident) => {
        $crate::Default::$default
    };
    ($default:ident($value:literal)) => {
        $crate::Default::$default($value)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __configurable {
    () => {
        false
    };
    (configurable) => {
        true
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __quantizer {
    () => {
        None
    };
    ($quantizer:literal) => {
        Some($quantizer)
    };
}

/// The accessor of an attribute: its type follows from the kind.
#[doc(hidden)]
#[macro_export]
macro_rules! __accessor {
    (@get $attribute:ident, $doc:literal, $result:ty, $getter:ident) => {
        #[doc = concat!("Attribute `", stringify!($attribute), "`: ", $doc, ".")]
        ///
        /// # Errors
        /// If the attribute is missing or of another kind.
        pub fn $attribute(&self) -> Result<$result, $crate::LayerError> {
            self.state.$getter(stringify!($attribute))
        }
    };
    ($attribute:ident, Int, $doc:literal) => { $crate::__accessor!(@get $attribute, $doc, i64, int); };
    ($attribute:ident, Bool, $doc:literal) => { $crate::__accessor!(@get $attribute, $doc, bool, bool); };
    ($attribute:ident, Float, $doc:literal) => { $crate::__accessor!(@get $attribute, $doc, f64, float); };
    ($attribute:ident, String, $doc:literal) => { $crate::__accessor!(@get $attribute, $doc, &str, str); };
    ($attribute:ident, Shape, $doc:literal) => { $crate::__accessor!(@get $attribute, $doc, Vec<usize>, shape); };
    ($attribute:ident, List, $doc:literal) => {
        $crate::__accessor!(@get $attribute, $doc, &[$crate::Attribute], list);
    };
    ($attribute:ident, Map, $doc:literal) => { $crate::__accessor!(@get $attribute, $doc, &$crate::Attributes, map); };
    ($attribute:ident, Array, $doc:literal) => {
        $crate::__accessor!(@get $attribute, $doc, &$crate::__private::hls4rs_types::Tensor, array);
    };
    ($attribute:ident, Type, $doc:literal) => {
        $crate::__accessor!(@get $attribute, $doc, &$crate::__private::hls4rs_types::NamedType, named_type);
    };
    ($attribute:ident, Weight, $doc:literal) => {
        $crate::__accessor!(@get $attribute, $doc, &$crate::__private::hls4rs_types::WeightVariable, weight);
    };
    ($attribute:ident, Source, $doc:literal) => {
        $crate::__accessor!(@get $attribute, $doc, &$crate::__private::hls4rs_types::Source, source);
    };
    ($attribute:ident, Any, $doc:literal) => {
        #[doc = concat!("Attribute `", stringify!($attribute), "`: ", $doc, ".")]
        #[must_use]
        pub fn $attribute(&self) -> Option<&$crate::Attribute> {
            self.state.get(stringify!($attribute))
        }
    };
    ($attribute:ident, Quantizer, $doc:literal) => {
        #[doc = concat!("Attribute `", stringify!($attribute), "`: ", $doc, ".")]
        #[must_use]
        pub fn $attribute(&self) -> Option<&$crate::__private::hls4rs_types::AnyQuantizer> {
            self.state.get(stringify!($attribute))?.as_quantizer()
        }
    };
}
