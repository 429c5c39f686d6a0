//! Sums and scaled additions over slices. A sum has sixteen lanes (lane = index mod 16), added pairwise at the end;
//! an element beyond the last full sixteen joins its lane, so the order depends on the length alone.

use super::F32x4;

/// Σ xⱼ·yⱼ over the shorter of the two.
pub fn dot(x: &[f32], y: &[f32]) -> f32 {
    let n = x.len().min(y.len());
    let mut sums = [F32x4::zero(); 4];
    let (x, y) = (&x[..n], &y[..n]);
    let (xs, ys) = (x.chunks_exact(16), y.chunks_exact(16));
    let (x_rest, y_rest) = (padded(xs.remainder()), padded(ys.remainder()));
    for (x, y) in xs.zip(ys) {
        for (v, sum) in sums.iter_mut().enumerate() {
            *sum = F32x4::load(&x[4 * v..]).mul_add(F32x4::load(&y[4 * v..]), *sum);
        }
    }
    for (v, sum) in sums.iter_mut().enumerate() {
        *sum = F32x4::load(&x_rest[4 * v..]).mul_add(F32x4::load(&y_rest[4 * v..]), *sum);
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).sum()
}

/// Σ xⱼ².
pub fn sum_of_squares(x: &[f32]) -> f32 {
    dot(x, x)
}

/// Σ xⱼ.
pub fn sum(x: &[f32]) -> f32 {
    let mut sums = [F32x4::zero(); 4];
    let chunks = x.chunks_exact(16);
    let rest = padded(chunks.remainder());
    for x in chunks {
        for (v, sum) in sums.iter_mut().enumerate() {
            *sum = *sum + F32x4::load(&x[4 * v..]);
        }
    }
    for (v, sum) in sums.iter_mut().enumerate() {
        *sum = *sum + F32x4::load(&rest[4 * v..]);
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).sum()
}

/// `y += factor · x` over the shorter of the two, one multiply-add an element.
pub fn axpy(factor: f32, x: &[f32], y: &mut [f32]) {
    let n = x.len().min(y.len());
    let factor = F32x4::splat(factor);
    let (x, y) = (&x[..n], &mut y[..n]);
    let xs = x.chunks_exact(4);
    let mut ys = y.chunks_exact_mut(4);
    let x_rest = padded(xs.remainder());
    for (x, y) in xs.zip(&mut ys) {
        factor.mul_add(F32x4::load(x), F32x4::load(y)).store(y);
    }
    let y = ys.into_remainder();
    let mut y_rest = padded(y);
    let last = factor.mul_add(F32x4::load(&x_rest), F32x4::load(&y_rest));
    last.store(&mut y_rest);
    y.copy_from_slice(&y_rest[..y.len()]);
}

/// `x *= factor`.
pub fn scale(factor: f32, x: &mut [f32]) {
    for x in x {
        *x *= factor;
    }
}

/// A rest of fewer than sixteen elements, followed by zeros.
#[inline(always)]
fn padded(rest: &[f32]) -> [f32; 16] {
    let mut full = [0.0; 16];
    full[..rest.len()].copy_from_slice(rest);
    full
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_add_up_by_hand() {
        assert_eq!(dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
        assert_eq!(sum_of_squares(&[3.0, 4.0]), 25.0);
        assert_eq!(sum(&[1.0, 2.0, 4.0]), 7.0);
        assert_eq!([dot(&[], &[]), sum(&[])], [0.0, 0.0]);
        let mut y = [1.0, 1.0, 1.0, 1.0, 2.0];
        axpy(2.0, &[1.0, 2.0, 3.0, 4.0, 5.0], &mut y);
        assert_eq!(y, [3.0, 5.0, 7.0, 9.0, 12.0]);
        scale(0.5, &mut y);
        assert_eq!(y, [1.5, 2.5, 3.5, 4.5, 6.0]);
    }

    #[test]
    fn sum_adds_lane_by_lane_and_pairwise() {
        let x: Vec<f32> = (0..45).map(|i| 1.0 / (i as f32 + 0.3)).collect();
        let mut lanes = [0.0f32; 16];
        for (i, &x) in x.iter().enumerate() {
            lanes[i % 16] += x;
        }
        let fours: [f32; 4] =
            core::array::from_fn(|l| (lanes[l] + lanes[4 + l]) + (lanes[8 + l] + lanes[12 + l]));
        let expected = (fours[0] + fours[1]) + (fours[2] + fours[3]);
        assert_eq!(sum(&x).to_bits(), expected.to_bits());
    }

    proptest! {
        #[test]
        fn dot_is_near_the_sum_in_f64(x in prop::collection::vec(-10f32..10.0, 0..200), seed: u64) {
            let mut y = vec![0.0; x.len()];
            crate::random::fill_normal(&mut y, seed, 0);
            let products = x.iter().zip(&y).map(|(&x, &y)| x as f64 * y as f64);
            let (exact, size) = products.fold((0.0, 0.0), |(s, t), x| (s + x, t + x.abs()));
            prop_assert!((dot(&x, &y) as f64 - exact).abs() <= size * 2e-6);
        }
    }
}
