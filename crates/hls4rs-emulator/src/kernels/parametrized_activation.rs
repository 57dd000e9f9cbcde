//! Activation functions with one parameter for all elements.

use hls4rs_fixed::Fixed;
use hls4rs_types::Attribute;

use super::activation::{elementwise, signature};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: leaky ReLU, thresholded ReLU or ELU, element by element.
///
/// **Precision:** the parameter in `param_t`.
///
/// **Source:** `ParametrizedActivation._get_act_function_name` of `hls4ml.model.layers`, hls4ml 1.3.0.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let name = context.text("activation", "");
    let name = match name.as_str() {
        "leakyrelu" => "leaky_relu",
        "thresholdedrelu" => "thresholded_relu",
        name => name,
    };
    let param = context.state().get("activ_param").and_then(Attribute::as_float).unwrap_or(1.0);
    let param = Fixed::from_f64(param, context.format("param_t")?);
    if !["leaky_relu", "thresholded_relu", "elu"].contains(&name) {
        return Err(KernelError::unsupported(format!("hls4ml has no function `{name}` with a parameter")));
    }
    let mut signature = signature(context)?;
    signature.param = Some(param);
    elementwise(name, &signature)
}
