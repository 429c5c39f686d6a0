/// `x`, or 0 when `|x| < tiny`.
///
/// Moments of parameters without gradients decay for ever; once they are subnormal, every operation on them takes about a
/// hundred cycles on common processors. Values this small change no parameter.
#[inline(always)]
pub(super) fn flush(x: f32, tiny: f32) -> f32 {
    if x.abs() < tiny {
        0.0
    } else {
        x
    }
}

/// Below this a first moment (or a gradient's share in it) is nothing.
pub(super) const TINY_MOMENT: f32 = 1e-30;
/// Below this a second moment is nothing: its root, 1e-18, is far below any epsilon.
pub(super) const TINY_SQUARE: f32 = 1e-36;
/// Below this a gradient's square times (1 − β₂) could be subnormal.
pub(super) const TINY_GRADIENT: f32 = 1e-16;
