//! Space for packed blocks, kept between products: a small product should not pay for an allocation.

use crate::simd::{as_floats, F32x4};
use core::cell::RefCell;

thread_local! {
    static SCRATCH: RefCell<[Vec<F32x4>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// Calls `f` with two aligned slices of at least these many floats; what they hold is left over from earlier calls.
pub fn with_scratch<T>(
    first: usize,
    second: usize,
    f: impl FnOnce(&mut [f32], &mut [f32]) -> T,
) -> T {
    SCRATCH.with_borrow_mut(|[a, b]| {
        for (space, floats) in [(&mut *a, first), (&mut *b, second)] {
            let vectors = floats.div_ceil(4);
            if space.len() < vectors {
                space.resize(vectors, F32x4::zero());
            }
        }
        f(as_floats(a), as_floats(b))
    })
}
