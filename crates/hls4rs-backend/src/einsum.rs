//! How a backend computes a contraction: transposed operands, products of matrices, a transposed result.

use std::collections::BTreeSet;

use hls4rs_graph::PassError;
use hls4rs_types::Attribute;

/// How a contraction of two tensors is computed.
///
/// Both operands are brought into the order *inplace, free, contracted*; for each inplace index, the matrices of both are
/// multiplied; the result, whose axes are *inplace, free of the first, free of the second*, is transposed.
///
/// **Source:** `hls4ml.utils.einsum_utils.parse_einsum`, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EinsumRecipe {
    /// Axes of each operand that neither the other operand nor the result has.
    pub direct_sum_axes: [Vec<usize>; 2],
    /// Order of the axes of each operand.
    pub in_transpose: [Vec<usize>; 2],
    /// Elements of the free axes of each operand.
    pub n_free: [usize; 2],
    /// Elements of the axes that all three have.
    pub n_inplace: usize,
    /// Elements of the axes that are summed over.
    pub n_contract: usize,
    /// Dimensions of the result before it is transposed.
    pub out_shape: Vec<usize>,
    /// Order of the axes of the result.
    pub out_transpose: Vec<usize>,
}

/// What stands for `...` while letters are single.
const BROADCAST: char = '0';

/// Derives how an equation such as `…ab,bc->…ac` is computed for operands of these shapes.
///
/// # Errors
/// If the equation is none, or does not fit the shapes.
pub fn parse_einsum(equation: &str, shapes: [&[usize]; 2]) -> Result<EinsumRecipe, PassError> {
    let [first, second, result] = axes(equation, shapes)?;
    let in_second: BTreeSet<char> = second.iter().copied().collect();
    let in_result: BTreeSet<char> = result.iter().copied().collect();
    let in_first: BTreeSet<char> = first.iter().copied().collect();
    let pick = |axes: &[char], wanted: &dyn Fn(char) -> bool| -> Vec<char> {
        axes.iter().copied().filter(|axis| wanted(*axis)).collect()
    };
    let is_common = |axis: char| in_first.contains(&axis) && in_second.contains(&axis);
    let inplace = pick(&second, &|axis| is_common(axis) && in_result.contains(&axis));
    let contracted = pick(&second, &|axis| is_common(axis) && !in_result.contains(&axis));
    let free = |axes: &[char]| pick(axes, &|axis| !is_common(axis) && in_result.contains(&axis));
    let (free_first, free_second) = (free(&first), free(&second));
    let lost = |axes: &[char]| {
        let lost = pick(axes, &|axis| !is_common(axis) && !in_result.contains(&axis));
        places(axes, &lost)
    };
    let made: Vec<char> = [inplace.as_slice(), &free_first, &free_second].concat();
    let dimensions = |axes: &[char], wanted: &[char], shape: &[usize]| -> Vec<usize> {
        places(axes, wanted).iter().filter_map(|place| shape.get(*place).copied()).collect()
    };
    let out_shape = [
        dimensions(&first, &inplace, shapes[0]),
        dimensions(&first, &free_first, shapes[0]),
        dimensions(&second, &free_second, shapes[1]),
    ];
    let [n_inplace, n_free_first, n_free_second] = [0, 1, 2].map(|i| out_shape[i].iter().product());
    let order = places(&result, &made);
    Ok(EinsumRecipe {
        direct_sum_axes: [lost(&first), lost(&second)],
        in_transpose: [
            places(&first, &[inplace.as_slice(), &free_first, &contracted].concat()),
            places(&second, &[inplace.as_slice(), &free_second, &contracted].concat()),
        ],
        n_free: [n_free_first, n_free_second],
        n_inplace,
        n_contract: dimensions(&first, &contracted, shapes[0]).iter().product(),
        out_shape: out_shape.concat(),
        out_transpose: inverse(&order),
    })
}

/// The order in which a transposition is undone.
#[must_use]
pub fn inverse(order: &[usize]) -> Vec<usize> {
    (0..order.len()).filter_map(|i| order.iter().position(|place| *place == i)).collect()
}

/// Axes as an attribute: a list of numbers.
#[must_use]
pub fn axes_attribute(axes: &[usize]) -> Attribute {
    axes.into()
}

fn places(axes: &[char], wanted: &[char]) -> Vec<usize> {
    wanted.iter().filter_map(|axis| axes.iter().position(|known| known == axis)).collect()
}

/// The axes of both operands and of the result as letters, one per dimension.
fn axes(equation: &str, shapes: [&[usize]; 2]) -> Result<[Vec<char>; 3], PassError> {
    let wrong = |expected: &str| {
        let help = "correct the equation in the source model";
        PassError::unsupported(expected, format!("the equation `{equation}`"), help)
    };
    let parts = equation.split_once("->").and_then(|(operands, result)| {
        let (first, second) = operands.split_once(',')?;
        Some([first, second, result])
    });
    let parts = parts.filter(|parts| parts.iter().all(|part| !part.contains("->") && !part.contains(',')));
    let parts = parts.ok_or_else(|| wrong("an equation of two operands, such as `ab,bc->ac`"))?;
    let mut axes = parts.map(|part| part.trim().replace("...", "0").chars().collect::<Vec<char>>());
    for part in &axes {
        if part.iter().any(|axis| !axis.is_ascii_alphabetic() && *axis != BROADCAST) {
            return Err(wrong("letters and `...` alone"));
        }
        if part.iter().collect::<BTreeSet<_>>().len() != part.len() {
            return Err(wrong("each letter at most once in each operand and in the result"));
        }
    }
    let has_more = axes.clone().map(|part| part.contains(&BROADCAST));
    if has_more[2] != (has_more[0] || has_more[1]) {
        return Err(wrong("`...` in an operand and in the result, or in none"));
    }
    if axes[2].iter().any(|axis| !axes[0].contains(axis) && !axes[1].contains(axis)) {
        return Err(wrong("letters in the result that an operand has"));
    }
    expand(&mut axes, shapes, has_more).ok_or_else(|| {
        let found = format!("the equation `{equation}` for the shapes {:?} and {:?}", shapes[0], shapes[1]);
        PassError::unsupported(
            "a letter for each dimension",
            found,
            "correct the equation in the source model",
        )
    })?;
    for (place, axis) in axes[0].iter().enumerate() {
        let other = axes[1].iter().position(|known| known == axis);
        if let Some(other) = other
            && shapes[0].get(place) != shapes[1].get(other)
        {
            let found =
                format!("the equation `{equation}` for the shapes {:?} and {:?}", shapes[0], shapes[1]);
            let expected = format!("one dimension for the letter `{axis}`");
            return Err(PassError::unsupported(expected, found, "correct the equation in the source model"));
        }
    }
    Ok(axes)
}

/// Puts free letters in the place of `...`. `None` if the number of letters is not that of dimensions.
fn expand(axes: &mut [Vec<char>; 3], shapes: [&[usize]; 2], has_more: [bool; 3]) -> Option<()> {
    let used: BTreeSet<char> = axes.iter().flatten().copied().collect();
    let free: Vec<char> = ('A'..='Z').chain('a'..='z').filter(|letter| !used.contains(letter)).collect();
    let mut counts = Vec::new();
    for operand in [0, 1] {
        let letters = axes[operand].len() - usize::from(has_more[operand]);
        let more = shapes[operand].len().checked_sub(letters)?;
        if !has_more[operand] && more != 0 {
            return None;
        }
        if has_more[operand] {
            counts.push(more);
        }
    }
    if counts.windows(2).any(|pair| pair[0] != pair[1]) {
        return None;
    }
    let letters = free.get(..counts.first().copied().unwrap_or(0))?;
    for part in axes {
        if let Some(place) = part.iter().position(|axis| *axis == BROADCAST) {
            part.splice(place..=place, letters.iter().copied());
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dense_layer() {
        let recipe = parse_einsum("...a,ab->...b", [&[4, 3], &[3, 5]]).unwrap();
        assert_eq!(recipe.in_transpose, [vec![0, 1], vec![1, 0]]);
        assert_eq!((recipe.n_free, recipe.n_inplace, recipe.n_contract), ([4, 5], 1, 3));
        assert_eq!(
            (recipe.out_shape.as_slice(), recipe.out_transpose.as_slice()),
            (&[4, 5][..], &[0, 1][..])
        );
    }

    #[test]
    fn every_kind_of_axis() {
        let recipe = parse_einsum("abc, dab -> bda", [&[2, 3, 4], &[5, 2, 3]]).unwrap();
        assert_eq!(recipe.direct_sum_axes, [vec![2], vec![]]);
        assert_eq!(recipe.in_transpose, [vec![0, 1], vec![1, 2, 0]]);
        assert_eq!(recipe.out_shape, [2, 3, 5]);
        assert_eq!(recipe.out_transpose, [1, 2, 0]);
    }

    #[test]
    fn equations_that_are_none() {
        for equation in
            ["ab,bc", "ab->ab", "aab,bc->ac", "ab,bc->ad", "...a,ab->b", "a1,1b->ab", "abc,cd->abd"]
        {
            assert!(parse_einsum(equation, [&[2, 3], &[3, 4]]).is_err(), "{equation}");
        }
        assert!(parse_einsum("ab,bc->ac", [&[2, 3], &[4, 4]]).is_err());
    }
}
