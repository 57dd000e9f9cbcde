//! Graph layers with learned distances, and stacks of them.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;
use hls4rs_types::Attribute;

use super::garnet_types::Types;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};
use crate::scratch::Scratch;

/// One or several layers that collect features of vertices at aggregators.
///
/// **Formula:** with `d[v, a] = distance_bias[a] + Σ_i x[v, i] · distance_weight[a, i]` and `w[v, a] = exp(−d²)`, the means
/// `w̄[a]` of `w[v, a]` and `x̄[a, i]` of `w[v, a] · x[v, i]` over the vertices give
/// `b[o, a] = w̄[a] · bias[o, a] + Σ_i x̄[a, i] · weight[o, a, i]`; the output is
/// `y[v, o] = output_bias[o] + Σ_a w[v, a] · b[o, a]`, or the same with `w̄[a]` for all vertices together.
///
/// **Precision:** see [`Types`]. Means are built of groups of `n_vertices / reuse_factor` vertices: sums of a group are
/// moved to the right by the bits of its size, and what is left by those of the number of groups.
///
/// **Source:** `nnet_garnet.h`, hls4ml 1.3.0.
///
/// **Limits:** without `collapse`, C++ leaves the output of vertices that are not in use as it is in memory, which is
/// reported.
#[derive(Debug)]
struct GarNet {
    n_vertices: usize,
    reuse_factor: usize,
    log2_vertices: i32,
    log2_reuse: i32,
    by_vertices_in_use: bool,
    collapses: bool,
    layers: Vec<SubLayer>,
    types: Types,
}

/// The weights of one layer.
#[derive(Debug)]
struct SubLayer {
    n_in: usize,
    n_aggregators: usize,
    n_out: usize,
    weight: Vec<Fixed>,
    bias: Vec<Fixed>,
    distance_weight: Vec<Fixed>,
    distance_bias: Vec<Fixed>,
    output_bias: Vec<Fixed>,
    /// The type of products of data and edge weights, which is that of the data.
    data: Slot,
}

/// What one layer collects.
struct Means {
    edges: Vec<Fixed>,
    features: Vec<Fixed>,
    /// Weights of the edges from every vertex to every aggregator.
    weights: Vec<Fixed>,
}

/// Makes the kernel of a layer or of a stack.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let is_vivado = matches!(context.vendor(), Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis);
    if !is_vivado || context.is_stream() {
        let target = context.specialized.target;
        return Err(KernelError::unsupported(format!("hls4ml cannot compile graph layers for {target}")));
    }
    let (n_vertices, reuse_factor) = (context.size("n_vertices")?, context.size_or("reuse_factor", 1).max(1));
    let collapse = context.text("collapse", "");
    if !["", "mean"].contains(&collapse.as_str()) {
        return Err(KernelError::unsupported(format!("hls4ml cannot collapse vertices by `{collapse}`")));
    }
    let is_stack = context.layer.kind() == "GarNetStack";
    let layers = if is_stack { stack(context)? } else { vec![SubLayer::new(context, None)?] };
    let collapses = collapse == "mean";
    if is_stack && (layers.len() < 2 || !collapses) {
        return Err(KernelError::unsupported(
            "hls4ml cannot compile stacks of one layer, or without `collapse`",
        ));
    }
    let types = Types::new(context, [n_vertices, reuse_factor])?;
    let kernel = GarNet {
        n_vertices,
        reuse_factor,
        log2_vertices: log2(n_vertices),
        log2_reuse: log2(reuse_factor),
        by_vertices_in_use: context.state().is_set("mean_by_nvert"),
        collapses,
        layers,
        types,
    };
    kernel.check(context)?;
    Ok(Box::new(kernel))
}

fn log2(number: usize) -> i32 {
    i32::try_from(number.max(1).ilog2()).unwrap_or_default()
}

fn stack(context: &mut Context<'_>) -> Result<Vec<SubLayer>, KernelError> {
    (0..context.size("n_sublayers")?).map(|number| SubLayer::new(context, Some(number))).collect()
}

impl SubLayer {
    /// The layer, or the layer of a stack with that number.
    fn new(context: &mut Context<'_>, number: Option<usize>) -> Result<Self, KernelError> {
        let infix = number.map(|number| format!("_{number}")).unwrap_or_default();
        let weight = |operation: &str, kind: &str| context.weight(&format!("{operation}{infix}_{kind}"));
        let size = |name: &str| -> Result<usize, KernelError> {
            match number {
                None => context.size(name),
                Some(number) => {
                    let sizes = context.state().get(name).and_then(Attribute::as_shape);
                    let missing = || KernelError::unsupported(format!("`{name}`: expected a size per layer"));
                    sizes.and_then(|sizes| sizes.get(number).copied()).ok_or_else(missing)
                }
            }
        };
        let data = if number.unwrap_or(0) == 0 { context.input()?.format } else { context.output()?.format };
        let [n_in, n_aggregators, n_out] =
            [size("n_in_features")?, size("n_aggregators")?, size("n_out_features")?];
        let (input, distance) = ("input_transform", "aggregator_distance");
        let (weights, bias) = (weight(input, "weights")?, weight(input, "biases")?);
        let (distance_weight, distance_bias) = (weight(distance, "weights")?, weight(distance, "biases")?);
        let output_bias = weight("output_transform", "biases")?;
        let data = context.slot("weighted", data);
        Ok(Self {
            n_in,
            n_aggregators,
            n_out,
            weight: weights,
            bias,
            distance_weight,
            distance_bias,
            output_bias,
            data,
        })
    }

    fn has_sizes(&self) -> bool {
        let Self { n_in, n_aggregators, n_out, .. } = self;
        self.weight.len() == n_out * n_aggregators * n_in
            && self.bias.len() == n_out * n_aggregators
            && self.distance_weight.len() == n_aggregators * n_in
            && self.distance_bias.len() == *n_aggregators
            && self.output_bias.len() == *n_out
    }
}

impl GarNet {
    /// An error if the sizes of tensors and weights are not those that C++ reads.
    fn check(&self, context: &Context<'_>) -> Result<(), KernelError> {
        let pairs = self.layers.windows(2).all(|pair| pair[0].n_out == pair[1].n_in);
        let n_out = self.layers.last().map_or(0, |layer| layer.n_out);
        let n_rows = if self.collapses { 1 } else { self.n_vertices };
        let n_in = self.layers.first().map_or(0, |layer| layer.n_in);
        let fits = self.layers.iter().all(SubLayer::has_sizes)
            && pairs
            && context.inputs.len() == 2
            && context.input()?.len() == self.n_vertices * n_in
            && context.output()?.len() == n_rows * n_out
            && self.n_vertices.is_multiple_of(self.reuse_factor);
        if fits {
            Ok(())
        } else {
            Err(KernelError::unsupported("the sizes of tensors and weights do not fit"))
        }
    }

    fn means(&self, layer: &SubLayer, scratch: &mut Scratch) -> Means {
        let n_features = layer.n_aggregators * layer.n_in;
        Means {
            edges: scratch.zeros(self.types.edge_weight_sum.format, layer.n_aggregators),
            features: scratch.zeros(self.types.aggr.format, n_features),
            weights: scratch.zeros(self.types.edge_weight.format, self.n_vertices * layer.n_aggregators),
        }
    }

    /// The vertices of a group that are in use: none from the first one that is not.
    fn group(&self, group: usize, n_used: Fixed) -> Option<std::ops::Range<usize>> {
        let size = self.n_vertices >> self.log2_reuse;
        let first = group * size;
        let number = |vertex: usize| Fixed::uint(u32::try_from(vertex).unwrap_or(u32::MAX));
        (number(first) < n_used).then(|| {
            let end = (first..first + size).find(|&vertex| number(vertex) == n_used);
            first..end.unwrap_or(first + size)
        })
    }

    /// The means of a layer, whose data `read` gives vertex by vertex.
    fn collect(
        &self,
        layer: &SubLayer,
        n_used: Fixed,
        mut read: impl FnMut(usize, &mut Vec<Fixed>, &mut Log),
        (scratch, log): (&mut Scratch, &mut Log),
    ) -> Means {
        let (mut total, mut local) = (self.means(layer, scratch), self.means(layer, scratch));
        let mut data = scratch.zeros(layer.data.format, layer.n_in);
        for group in 0..self.reuse_factor {
            let Some(vertices) = self.group(group, n_used) else { break };
            local.edges.fill(Fixed::zero(self.types.edge_weight_sum.format));
            local.features.fill(Fixed::zero(self.types.aggr.format));
            for vertex in vertices {
                read(vertex, &mut data, log);
                self.add_vertex(layer, (vertex, &data), &mut local, log);
            }
            let shift = self.log2_vertices - self.log2_reuse;
            add_moved(&mut total.edges, &local.edges, shift, self.types.edge_weight_sum, log);
            add_moved(&mut total.features, &local.features, shift, self.types.aggr, log);
        }
        scratch.give_back(data);
        total.weights.copy_from_slice(&local.weights);
        give_back(local, scratch);
        self.normalize(&mut total, n_used, log);
        total
    }

    fn add_vertex(
        &self,
        layer: &SubLayer,
        (vertex, data): (usize, &[Fixed]),
        means: &mut Means,
        log: &mut Log,
    ) {
        let Types { distance, edge_weight_sum, aggr, .. } = self.types;
        for a in 0..layer.n_aggregators {
            let mut d = distance.assign(layer.distance_bias[a], log);
            for (i, &x) in data.iter().enumerate() {
                let step = distance.assign(x * layer.distance_weight[a * layer.n_in + i], log);
                d = distance.assign(d + step, log);
            }
            let weight = self.types.edge_weight_of(d);
            means.edges[a] = edge_weight_sum.assign(means.edges[a] + weight, log);
            for (i, &x) in data.iter().enumerate() {
                let place = a * layer.n_in + i;
                let weighted = layer.data.assign(x * weight, log);
                means.features[place] = aggr.assign(means.features[place] + weighted, log);
            }
            means.weights[vertex * layer.n_aggregators + a] = weight;
        }
    }

    /// Divides sums by the number of vertices, of all or of those in use.
    fn normalize(&self, means: &mut Means, n_used: Fixed, log: &mut Log) {
        let Types { edge_weight, aggr, norm, .. } = self.types;
        if self.by_vertices_in_use && n_used.is_zero() {
            log.is_undefined = true;
            return;
        }
        let size = Fixed::uint(u32::try_from(self.n_vertices / self.reuse_factor).unwrap_or(u32::MAX));
        let factor = self.by_vertices_in_use.then(|| norm.assign(size / n_used, log));
        let normal = |value: Fixed| match factor {
            Some(factor) => value * factor,
            None => value.shift_right(self.log2_reuse),
        };
        for edge in &mut means.edges {
            *edge = edge_weight.assign(normal(*edge), log);
        }
        for feature in &mut means.features {
            *feature = aggr.assign(normal(*feature), log);
        }
    }

    /// What an aggregator gives to an output.
    fn base(&self, layer: &SubLayer, means: &Means, (output, a): (usize, usize), log: &mut Log) -> Fixed {
        let place = output * layer.n_aggregators + a;
        let mut base = self.types.aggr.assign(means.edges[a] * layer.bias[place], log);
        for i in 0..layer.n_in {
            let product = means.features[a * layer.n_in + i] * layer.weight[place * layer.n_in + i];
            base = self.types.aggr.assign(base + product, log);
        }
        base
    }

    /// Fills a vector with what all aggregators give to all outputs.
    fn fill_bases(&self, layer: &SubLayer, means: &Means, bases: &mut [Fixed], log: &mut Log) {
        for (place, base) in bases.iter_mut().enumerate() {
            let (output, a) = (place / layer.n_aggregators, place % layer.n_aggregators);
            *base = self.base(layer, means, (output, a), log);
        }
    }

    /// An output of a vertex.
    fn vertex_output(
        &self,
        layer: &SubLayer,
        weights: &[Fixed],
        (bases, output): (&[Fixed], usize),
        log: &mut Log,
    ) -> Fixed {
        let result = self.types.result;
        let mut sum = result.assign(layer.output_bias[output], log);
        for (a, &weight) in weights.iter().enumerate() {
            let step = result.assign(weight * bases[output * layer.n_aggregators + a], log);
            sum = result.assign(sum + step, log);
        }
        sum
    }

    /// The outputs of all vertices together.
    fn write_collapsed(
        &self,
        layer: &SubLayer,
        means: &Means,
        n_used: Fixed,
        (io, log): (&mut Io<'_>, &mut Log),
    ) {
        let Types { aggr, result, .. } = self.types;
        for output in 0..layer.n_out {
            let mut bias = layer.output_bias[output];
            if !self.by_vertices_in_use {
                let format = bias.format();
                bias = aggr.assign(bias, log);
                bias = aggr.assign(bias * n_used, log).shift_right(self.log2_vertices).cast(format);
            }
            let mut sum = result.assign(bias, log);
            for a in 0..layer.n_aggregators {
                let base = self.base(layer, means, (output, a), log);
                sum = result.assign(sum + means.edges[a] * base, log);
            }
            io.outputs[0].set(output, sum);
        }
    }

    fn write_vertices(
        &self,
        layer: &SubLayer,
        means: &Means,
        n_used: Fixed,
        (io, log): (&mut Io<'_>, &mut Log),
    ) {
        let mut bases = io.scratch.zeros(self.types.aggr.format, layer.n_out * layer.n_aggregators);
        self.fill_bases(layer, means, &mut bases, log);
        let mut n_written = 0;
        for group in 0..self.reuse_factor {
            let Some(vertices) = self.group(group, n_used) else { break };
            for vertex in vertices {
                let weights = &means.weights[vertex * layer.n_aggregators..][..layer.n_aggregators];
                for output in 0..layer.n_out {
                    let value = self.vertex_output(layer, weights, (&bases, output), log);
                    io.outputs[0].set(vertex * layer.n_out + output, value);
                }
                n_written += 1;
            }
        }
        log.is_undefined |= n_written < self.n_vertices;
        io.scratch.give_back(bases);
    }
}

/// Adds numbers that are moved to the right to others.
fn add_moved(sums: &mut [Fixed], values: &[Fixed], shift: i32, slot: Slot, log: &mut Log) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = slot.assign(*sum + value.shift_right(shift), log);
    }
}

fn give_back(means: Means, scratch: &mut Scratch) {
    for numbers in [means.edges, means.features, means.weights] {
        scratch.give_back(numbers);
    }
}

impl Kernel for GarNet {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let (input, n_used) = (io.inputs.get(0), io.inputs.get(1).get(0));
        let mut layers = self.layers.iter();
        let Some(mut last) = layers.next() else { return };
        let read = |vertex: usize, data: &mut Vec<Fixed>, _: &mut Log| {
            for (i, place) in data.iter_mut().enumerate() {
                *place = input.get(vertex * last.n_in + i);
            }
        };
        let mut means = self.collect(last, n_used, read, (io.scratch, log));
        for layer in layers {
            let mut bases = io.scratch.zeros(self.types.aggr.format, last.n_out * last.n_aggregators);
            self.fill_bases(last, &means, &mut bases, log);
            let read = |vertex: usize, data: &mut Vec<Fixed>, log: &mut Log| {
                let weights = &means.weights[vertex * last.n_aggregators..][..last.n_aggregators];
                for (output, place) in data.iter_mut().enumerate() {
                    *place = self.vertex_output(last, weights, (&bases, output), log);
                }
            };
            let next = self.collect(layer, n_used, read, (io.scratch, log));
            give_back(std::mem::replace(&mut means, next), io.scratch);
            io.scratch.give_back(bases);
            last = layer;
        }
        if self.collapses {
            self.write_collapsed(last, &means, n_used, (io, log));
        } else {
            self.write_vertices(last, &means, n_used, (io, log));
        }
        give_back(means, io.scratch);
    }
}
