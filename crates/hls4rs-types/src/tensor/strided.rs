//! Views of arrays with steps of their own, which decide in which order the elements of a result lie.

use super::{Element, Order, Tensor, TensorData, TensorError, element_count};

/// An array seen with other dimensions and steps, as NumPy's `transpose`, `reshape` and `broadcast_to` do: without copying,
/// where that is possible.
///
/// It matters for files: NumPy saves an array in Fortran order if that is how its elements lie, and a view of a view lies
/// otherwise than a copy of it.
///
/// ```
/// use hls4rs_types::{Order, Strided, Tensor};
///
/// let tensor = Tensor::new(&[2, 3], vec![1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// let transposed = Strided::of(&tensor).transpose(&[1, 0])?;
/// assert_eq!(transposed.clone().into_tensor()?.order(), Order::Fortran);
/// let flat = transposed.reshape(&[6])?.into_tensor()?;
/// assert_eq!(flat, Tensor::vector(vec![1.0f32, 4.0, 2.0, 5.0, 3.0, 6.0]));
/// # Ok::<(), hls4rs_types::TensorError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Strided {
    tensor: Tensor,
    shape: Vec<usize>,
    /// Elements from one index to the next, for each axis.
    steps: Vec<usize>,
}

impl Strided {
    /// The array as it is.
    #[must_use]
    pub fn of(tensor: &Tensor) -> Self {
        let shape = tensor.shape().to_vec();
        let steps = match tensor.order() {
            Order::C => c_steps(&shape),
            Order::Fortran => fortran_steps(&shape),
        };
        Self { tensor: tensor.clone(), shape, steps }
    }

    /// The dimensions.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The axes in another order: axis `i` is the old axis `axes[i]`.
    ///
    /// # Errors
    /// If the axes are not those of the array, each once.
    pub fn transpose(self, axes: &[usize]) -> Result<Self, TensorError> {
        let mut sorted = axes.to_vec();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..self.shape.len()) {
            return Err(self.refused(axes));
        }
        let pick = |values: &[usize]| axes.iter().filter_map(|axis| values.get(*axis).copied()).collect();
        Ok(Self { shape: pick(&self.shape), steps: pick(&self.steps), tensor: self.tensor })
    }

    /// The same elements with other dimensions, the last index fastest; a copy where no steps can do that.
    ///
    /// # Errors
    /// If the number of elements is not the product of the dimensions, or they cannot be loaded.
    pub fn reshape(self, shape: &[usize]) -> Result<Self, TensorError> {
        if element_count(shape)? != element_count(&self.shape)? {
            return Err(self.refused(shape));
        }
        if let Some(steps) = self.steps_for(shape) {
            return Ok(Self { shape: shape.to_vec(), steps, tensor: self.tensor });
        }
        let elements = self.copied(Order::C, Some(shape))?;
        Ok(Self::of(&elements))
    }

    /// The array repeated along axes of length 1 and new first axes.
    ///
    /// # Errors
    /// If the dimensions do not fit.
    pub fn broadcast(self, shape: &[usize]) -> Result<Self, TensorError> {
        let Some(new) = shape.len().checked_sub(self.shape.len()) else { return Err(self.refused(shape)) };
        let mut steps = vec![0; new];
        for ((&length, &step), &wanted) in self.shape.iter().zip(&self.steps).zip(shape.iter().skip(new)) {
            match length {
                _ if length == wanted => steps.push(step),
                1 => steps.push(0),
                _ => return Err(self.refused(shape)),
            }
        }
        Ok(Self { shape: shape.to_vec(), steps, tensor: self.tensor })
    }

    /// An array of its own: in Fortran order if the elements lie so, else in C order.
    ///
    /// # Errors
    /// If the elements cannot be loaded.
    pub fn into_tensor(self) -> Result<Tensor, TensorError> {
        let lies = |steps: Vec<usize>| {
            let axes = self.shape.iter().zip(&self.steps).zip(steps);
            axes.filter(|((length, _), _)| **length != 1).all(|((_, step), contiguous)| *step == contiguous)
        };
        let is_fortran = !lies(c_steps(&self.shape)) && lies(fortran_steps(&self.shape));
        self.copied(if is_fortran { Order::Fortran } else { Order::C }, None)
    }

    /// Steps with which the same elements have other dimensions, if there are any.
    fn steps_for(&self, shape: &[usize]) -> Option<Vec<usize>> {
        let old: Vec<(usize, usize)> = self
            .shape
            .iter()
            .copied()
            .zip(self.steps.iter().copied())
            .filter(|(length, _)| *length != 1)
            .collect();
        if old.iter().any(|(length, _)| *length == 0) {
            return Some(c_steps(shape));
        }
        let mut steps = vec![1; shape.len()];
        let (mut old, mut new) = (old.as_slice(), 0);
        while new < shape.len() && !old.is_empty() {
            // as few axes of both as have one product
            let (mut used, mut made) = (1, new + 1);
            let (mut have, mut want) = (old.first()?.0, *shape.get(new)?);
            while have != want {
                if want < have {
                    want *= shape.get(made)?;
                    made += 1;
                } else {
                    have *= old.get(used)?.0;
                    used += 1;
                }
            }
            let (group, rest) = old.split_at_checked(used)?;
            let is_one = group.windows(2).all(|pair| matches!(pair, [a, b] if a.1 == b.0 * b.1));
            let mut step = group.last().filter(|_| is_one)?.1;
            for axis in (new..made).rev() {
                *steps.get_mut(axis)? = step;
                step *= shape.get(axis)?;
            }
            (old, new) = (rest, made);
        }
        let last = new.checked_sub(1).and_then(|last| steps.get(last).copied()).unwrap_or(1);
        steps.iter_mut().skip(new).for_each(|step| *step = last);
        Some(steps)
    }

    /// The elements in an order, with other dimensions if wanted.
    fn copied(&self, order: Order, shape: Option<&[usize]>) -> Result<Tensor, TensorError> {
        let places = self.places(order);
        let shape = shape.unwrap_or(&self.shape);
        with_array!(self.tensor.data()?, array => gather(array.as_slice_memory_order(), &places, shape, order))
    }

    /// Places of the elements in memory, in the order of the result.
    fn places(&self, order: Order) -> Vec<usize> {
        let mut axes: Vec<(usize, usize)> =
            self.shape.iter().copied().zip(self.steps.iter().copied()).collect();
        if order == Order::Fortran {
            axes.reverse();
        }
        let mut places = vec![0];
        for (length, step) in axes {
            places = places.iter().flat_map(|place| (0..length).map(move |i| place + i * step)).collect();
        }
        places
    }

    fn refused(&self, shape: &[usize]) -> TensorError {
        TensorError::ElementCount {
            shape: shape.to_vec(),
            expected: element_count(shape).unwrap_or(usize::MAX),
            found: element_count(&self.shape).unwrap_or(usize::MAX),
        }
    }
}

impl Tensor {
    /// The same elements with other dimensions, as NumPy's `reshape` gives them.
    ///
    /// # Errors
    /// If the number of elements is not the product of the dimensions, or they cannot be loaded.
    pub fn reshaped(&self, shape: &[usize]) -> Result<Self, TensorError> {
        Strided::of(self).reshape(shape)?.into_tensor()
    }
}

fn gather<T: Element>(
    elements: Option<&[T]>,
    places: &[usize],
    shape: &[usize],
    order: Order,
) -> Result<Tensor, TensorError> {
    let elements = elements.unwrap_or_default();
    let gathered = places.iter().filter_map(|place| elements.get(*place).copied()).collect();
    Tensor::with_order(shape, gathered, order)
}

fn c_steps(shape: &[usize]) -> Vec<usize> {
    let mut steps = fortran_steps(&shape.iter().rev().copied().collect::<Vec<_>>());
    steps.reverse();
    steps
}

fn fortran_steps(shape: &[usize]) -> Vec<usize> {
    let products = shape.iter().scan(1, |product, length| {
        let step = *product;
        *product *= length;
        Some(step)
    });
    products.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(shape: &[usize]) -> Strided {
        let n = i64::try_from(element_count(shape).unwrap()).unwrap();
        Strided::of(&Tensor::new(shape, (0..n).collect()).unwrap())
    }

    #[test]
    fn axes_that_belong_together_are_not_copied() {
        let view = counted(&[2, 3, 4]).transpose(&[2, 0, 1]).unwrap().reshape(&[4, 6]).unwrap();
        assert_eq!(view.steps, [1, 4]);
        assert_eq!(view.clone().into_tensor().unwrap().order(), Order::Fortran);
        let split = view.reshape(&[2, 2, 1, 3, 2]).unwrap();
        assert_eq!(
            (split.shape.as_slice(), split.steps.as_slice()),
            (&[2, 2, 1, 3, 2][..], &[2, 1, 24, 8, 4][..])
        );
    }

    #[test]
    fn others_are_copied() {
        let copy = counted(&[2, 3, 4]).transpose(&[1, 0, 2]).unwrap().reshape(&[24]).unwrap();
        assert_eq!(copy.steps, [1]);
        let expected: Vec<i64> = (0..24).map(|i| (i / 4 % 2) * 12 + i / 8 * 4 + i % 4).collect();
        assert_eq!(copy.into_tensor().unwrap(), Tensor::vector(expected));
    }

    #[test]
    fn repeated_elements_lie_in_c_order() {
        let row =
            counted(&[3]).broadcast(&[2, 3]).unwrap().transpose(&[1, 0]).unwrap().into_tensor().unwrap();
        assert_eq!(row, Tensor::new(&[3, 2], vec![0i64, 0, 1, 1, 2, 2]).unwrap());
        assert!(counted(&[3]).broadcast(&[3, 2]).is_err());
        assert!(counted(&[3]).transpose(&[1]).is_err());
    }
}
