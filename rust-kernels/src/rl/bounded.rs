/// `x` inside `[lowest, highest]`; NaN stays NaN, and senseless bounds do not panic as `f32::clamp` does.
#[inline(always)]
pub fn bounded(x: f32, lowest: f32, highest: f32) -> f32 {
    let above = if x < lowest { lowest } else { x };
    if above > highest {
        highest
    } else {
        above
    }
}
