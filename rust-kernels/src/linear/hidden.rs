//! A layer of tanh units between hashed features and what is scored: what a sum of features cannot tell, their
//! conjunctions can.
//!
//! ```text
//! h_j = tanh( Σ_{f in context} (r[f, j] + w[f × j]) / √|context| )        output(target) = Σ_j h_j·w[target × j]
//! ```
//! `r` are fixed numbers of variance 1, hashed from feature and unit: so all weights can start at zero. The weights of a
//! feature, and those of a target, are a block of neighbours in the policy's table.

use super::features::mix;
use super::policy::scale;

/// Where the weights of the layer stand; the weights themselves are the policy's.
#[derive(Clone, Copy)]
pub struct Hidden {
    /// Number of units: 0, or a power of two.
    units: usize,
    shift: u32,
}

const INPUT: u32 = 0x2C1B_3C6D;
const OUTPUT: u32 = 0x297A_2D39;

impl Hidden {
    /// `units` that share a table of 2^bits weights: 0, or a power of two of at most 2^bits / 2.
    pub fn new(bits: u32, units: usize) -> Self {
        let shift = 32 - bits + units.max(1).trailing_zeros();
        Self { units, shift }
    }

    /// First slot of the block of a feature, or of a target.
    #[inline(always)]
    fn block(&self, id: u32, side: u32) -> usize {
        (mix(id ^ side.wrapping_mul(0x9E37_79B1)) >> self.shift) as usize * self.units
    }

    /// The units' outputs.
    pub fn forward(&self, weights: &[f32], context: &[u32]) -> Vec<f32> {
        let mut units = vec![0.0; self.units];
        if self.units == 0 {
            return units;
        }
        for &f in context {
            let start = self.block(f, INPUT);
            let block = &weights[start..start + self.units];
            for (j, unit) in units.iter_mut().enumerate() {
                *unit += block[j];
            }
            for (quad, four) in units.chunks_mut(4).enumerate() {
                for (unit, r) in four.iter_mut().zip(fixed(f, quad as u32)) {
                    *unit += r;
                }
            }
        }
        let share = scale(context);
        for unit in units.iter_mut() {
            *unit = (*unit * share).tanh();
        }
        units
    }

    /// What the units say of a target.
    pub fn read(&self, weights: &[f32], units: &[f32], target: u32) -> f32 {
        if self.units == 0 {
            return 0.0;
        }
        let start = self.block(target, OUTPUT);
        let block = &weights[start..start + self.units];
        units.iter().zip(block).map(|(h, w)| h * w).sum()
    }

    /// Hands the gradient of `Σ d·output(target)` to `add`, as multiples of vectors that belong to a block's first slot.
    ///
    /// ```text
    /// ∂/∂w[target × j] = d·h_j        ∂/∂w[f × j] = (1 − h_j²)·Σ_target d·w[target × j] / √|context|
    /// ```
    pub fn backward(
        &self,
        weights: &[f32],
        context: &[u32],
        targets: &[(u32, f32)],
        mut add: impl FnMut(usize, &[f32], f32),
    ) {
        if self.units == 0 {
            return;
        }
        let units = self.forward(weights, context);
        let mut d_units = vec![0.0f32; self.units];
        for &(target, d) in targets.iter().filter(|&&(_, d)| d != 0.0) {
            let start = self.block(target, OUTPUT);
            let block = &weights[start..start + self.units];
            for (unit, w) in d_units.iter_mut().zip(block) {
                *unit += d * w;
            }
            add(start, &units, d);
        }
        let share = scale(context);
        for (d, h) in d_units.iter_mut().zip(&units) {
            *d *= (1.0 - h * h) * share;
        }
        for &f in context {
            add(self.block(f, INPUT), &d_units, 1.0);
        }
    }
}

/// Numbers of mean 0 and variance 1 that belong to a feature and four neighbouring units: uniform in ±√3.
#[inline(always)]
fn fixed(feature: u32, quad: u32) -> [f32; 4] {
    let bits = mix(feature.wrapping_add(quad.wrapping_mul(0x9E37_79B1)));
    bits.to_le_bytes()
        .map(|byte| (byte as f32 - 127.5) * (1.732_050_8 / 128.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_has_mean_zero_and_variance_one() {
        let all: Vec<f64> = (0..5_000)
            .flat_map(|i| fixed(mix(i / 5), i % 5))
            .map(f64::from)
            .collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64;
        assert!(
            mean.abs() < 0.03 && (variance - 1.0).abs() < 0.03,
            "{mean} {variance}"
        );
    }

    #[test]
    fn forward_by_hand() {
        let hidden = Hidden::new(6, 2);
        let mut weights = vec![0.0; 65];
        let start = hidden.block(7, INPUT);
        weights[start] = 0.25;
        let units = hidden.forward(&weights, &[7]);
        assert!((units[0] - (fixed(7, 0)[0] + 0.25).tanh()).abs() < 1e-6);
        assert!((units[1] - fixed(7, 0)[1].tanh()).abs() < 1e-6);
    }

    #[test]
    fn no_units_say_nothing() {
        let hidden = Hidden::new(4, 0);
        let units = hidden.forward(&[1.0; 17], &[1, 2]);
        assert_eq!(hidden.read(&[1.0; 17], &units, 3), 0.0);
    }
}
