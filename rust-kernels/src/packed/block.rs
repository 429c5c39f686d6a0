//! Thirty-two numbers as a scale and integers.

use super::format::Format;
use crate::quant::{float_to_half, half_to_float};
use crate::simd::BLOCK;

/// Scale, as F16, and integers of a block.
pub type Block = (u16, [i8; BLOCK]);

/// The block nearest to these numbers with the usual scale; missing ones are 0. None where a number is not finite or too
/// large for an F16 scale.
pub fn quantize(format: Format, x: &[f32]) -> Option<Block> {
    if x.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let far = |a: f32, b: &f32| if b.abs() > a.abs() { *b } else { a };
    let largest = x.iter().fold(0.0, far);
    let (low, high) = format.range();
    // The side with one level more is the side of the largest number.
    let ideal = match format {
        Format::E4 => largest / low as f32,
        _ => largest.abs() / high as f32,
    };
    let half = float_to_half(ideal);
    let scale = half_to_float(half);
    if !scale.is_finite() {
        return None;
    }
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    let mut integers = [0; BLOCK];
    for (q, x) in integers.iter_mut().zip(x) {
        *q = (x * inverse)
            .round_ties_even()
            .clamp(low as f32, high as f32) as i8;
    }
    Some((half, integers))
}

/// The largest difference to a number of the block, by the table in [`Format`].
pub fn largest_error(format: Format, scale: f32) -> f32 {
    let (low, _) = format.range();
    let share = match format {
        Format::E4 => 1.01,
        Format::E7 => 0.54,
        Format::Q8 => 0.57,
    };
    scale.abs() * share + low.unsigned_abs() as f32 * 2f32.powi(-25)
}
