//! What backends derive from the dimensions of convolutions.

/// The smallest image that meets every situation of a convolution along one axis, and for each of its pixels a mask of the
/// filter positions that read it, as text separated by commas.
///
/// `None` where the filter is wider than the image or has no width, or the step is not positive.
///
/// **Source:** `FPGABackend.compute_conv1d_instructions`, hls4ml 1.3.0.
#[must_use]
pub fn conv1d_instructions(width: i64, filter: i64, stride: i64) -> Option<(i64, String)> {
    let axis = Axis::new(width, filter, stride)?;
    let masks = (0..axis.shortest).map(|pixel| mask(&[(pixel, axis)]));
    Some((axis.shortest, joined(masks)))
}

/// The same for two axes: height, width, masks. Filter and step are those of both axes.
///
/// **Source:** `FPGABackend.compute_conv2d_instructions`, hls4ml 1.3.0. The masks that it has written down for common cases
/// are those that it computes, too.
#[must_use]
pub fn conv2d_instructions(height: i64, width: i64, filter: i64, stride: i64) -> Option<(i64, i64, String)> {
    let (rows, columns) = (Axis::new(height, filter, stride)?, Axis::new(width, filter, stride)?);
    let pixels = (0..rows.shortest).flat_map(|row| (0..columns.shortest).map(move |column| (row, column)));
    let masks = pixels.map(|(row, column)| mask(&[(row, rows), (column, columns)]));
    Some((rows.shortest, columns.shortest, joined(masks)))
}

fn joined(masks: impl Iterator<Item = String>) -> String {
    masks.collect::<Vec<_>>().join(",")
}

/// One axis of a convolution.
#[derive(Debug, Clone, Copy)]
struct Axis {
    filter: i64,
    stride: i64,
    /// Pixels that suffice.
    shortest: i64,
    /// Outputs that these give.
    outputs: i64,
}

impl Axis {
    fn new(length: i64, filter: i64, stride: i64) -> Option<Self> {
        if filter < 1 || stride < 1 || length < filter {
            return None;
        }
        let ceil = |a: i64, b: i64| a / b + i64::from(a % b != 0);
        let steps = if filter >= stride { ceil(filter, stride) } else { ceil(stride, filter) } - 1;
        let shortest = steps.checked_mul(stride)?.checked_add(filter)?.min(length);
        let outputs = (shortest - filter) / stride + 1;
        let used = (length - filter) / stride * stride + filter;
        Some(Self { filter, stride, shortest: shortest + i64::from(used < length), outputs })
    }

    /// Whether the filter's position reads the pixel for some output.
    fn reads(&self, pixel: i64, position: i64) -> bool {
        let distance = pixel - position;
        distance >= 0 && distance % self.stride == 0 && distance / self.stride < self.outputs
    }
}

/// A binary number whose bit `i` tells whether position `i` of the filter reads the pixel, as decimal text.
fn mask(place: &[(i64, Axis)]) -> String {
    let mut bits = vec![true];
    for (pixel, axis) in place {
        let along: Vec<bool> = (0..axis.filter).map(|position| axis.reads(*pixel, position)).collect();
        bits = bits.iter().flat_map(|outer| along.iter().map(move |inner| *outer && *inner)).collect();
    }
    decimal(&bits)
}

/// Bits, the lowest first, as decimal text: filters may have more positions than a machine word has bits.
fn decimal(bits: &[bool]) -> String {
    let mut digits = vec![0u8];
    for &bit in bits.iter().rev() {
        let mut carry = u8::from(bit);
        for digit in &mut digits {
            let doubled = *digit * 2 + carry;
            (*digit, carry) = (doubled % 10, doubled / 10);
        }
        if carry > 0 {
            digits.push(carry);
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_axis() {
        assert_eq!(conv1d_instructions(10, 3, 1), Some((5, "1,3,7,6,4".to_owned())));
        assert_eq!(conv1d_instructions(10, 2, 3), Some((6, "1,2,0,1,2,0".to_owned())));
        assert_eq!(conv1d_instructions(2, 3, 1), None);
    }

    #[test]
    fn two_axes_have_the_masks_that_are_written_down() {
        let (height, width, masks) = conv2d_instructions(8, 8, 3, 1).unwrap();
        assert_eq!((height, width), (5, 5));
        assert!(masks.starts_with("1,3,7,6,4,9,27,63,54,36,73,219,511,438,292,72"));
        let (_, _, masks) = conv2d_instructions(28, 28, 5, 1).unwrap();
        assert!(masks.starts_with("1,3,7,15,31,30,28,24,16,33,99,231,495,1023,990,924"));
        assert!(masks.contains(",33554431,32472030,"));
    }

    #[test]
    fn large_filters_have_large_masks() {
        assert_eq!(decimal(&[true; 70]), "1180591620717411303423");
    }
}
