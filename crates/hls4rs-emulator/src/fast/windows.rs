//! Where the windows of an image lie in memory.

use crate::form::Windows;

impl Windows {
    /// Height and width of the image with the zeros around it that windows touch.
    pub(super) fn padded(&self) -> [usize; 2] {
        std::array::from_fn(|axis| {
            let last = (self.output[axis].max(1) - 1) * self.stride[axis];
            let touched = last + (self.kernel[axis] - 1) * self.dilation[axis] + 1;
            touched.max(self.padding[axis] + self.image[axis])
        })
    }

    /// Whether windows reach beyond the image.
    pub(super) fn needs_zeros(&self) -> bool {
        self.padded() != [self.image[0], self.image[1]]
    }

    /// The contiguous parts of a window in the padded image: offset and length.
    pub(super) fn segments(&self) -> Vec<(usize, usize)> {
        let [_, width] = self.padded();
        let channels = self.image[2];
        let rows = (0..self.kernel[0]).map(|y| y * self.dilation[0] * width * channels);
        if self.dilation[1] == 1 {
            return rows.map(|offset| (offset, self.kernel[1] * channels)).collect();
        }
        let columns = |row: usize| (0..self.kernel[1]).map(move |x| row + x * self.dilation[1] * channels);
        rows.flat_map(columns).map(|offset| (offset, channels)).collect()
    }
}
