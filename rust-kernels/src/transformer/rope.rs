//! Rotary position embedding in the "halves" layout: element i turns with element i + d/2.

use super::error::{refuse, resize, Outcome};
use super::shape::Shape;

/// Cosines and sines per position, computed when a position is first needed.
pub struct Rope {
    frequencies: Vec<f32>,
    positions: usize,
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

impl Rope {
    /// Frequencies `θ^(−2i/d)`.
    pub fn new(shape: &Shape) -> Self {
        let d = shape.head_dimension;
        let frequency = |i| shape.rope_theta.powf(-2.0 * i as f64 / d as f64) as f32;
        Self {
            frequencies: (0..d / 2).map(frequency).collect(),
            positions: 0,
            cosines: Vec::new(),
            sines: Vec::new(),
        }
    }

    /// Replaces the frequencies (a scaled model computes its own).
    ///
    /// # Errors
    /// If there are not `headDimension / 2` finite numbers.
    pub fn set_frequencies(&mut self, frequencies: &[f32]) -> Outcome<()> {
        let expected = self.frequencies.len();
        if frequencies.len() != expected || frequencies.iter().any(|f| !f.is_finite()) {
            let state = format!(
                "expected {expected} finite numbers, got {}",
                frequencies.len()
            );
            return refuse("set rope frequencies", state);
        }
        self.frequencies.copy_from_slice(frequencies);
        self.positions = 0;
        Ok(())
    }

    /// Makes the tables reach `positions`.
    pub fn reach(&mut self, positions: usize) -> Outcome<()> {
        if positions <= self.positions {
            return Ok(());
        }
        let half = self.frequencies.len();
        let positions = positions.next_multiple_of(64);
        resize(&mut self.cosines, positions * half)?;
        resize(&mut self.sines, positions * half)?;
        for position in self.positions..positions {
            for (i, &frequency) in self.frequencies.iter().enumerate() {
                // The angle is rounded to f32 as in the reference implementation.
                let angle = (position as f32 * frequency) as f64;
                self.cosines[position * half + i] = angle.cos() as f32;
                self.sines[position * half + i] = angle.sin() as f32;
            }
        }
        self.positions = positions;
        Ok(())
    }

    /// Turns every head of `row` by the angles of `position`: `(a, b) → (a·cos − b·sin, b·cos + a·sin)`.
    ///
    /// # Shapes
    /// `row [n · headDimension]`.
    pub fn forward(&self, row: &mut [f32], position: usize) {
        self.turn(row, position, 1.0);
    }

    /// Turns a gradient back: the inverse rotation.
    ///
    /// # Shapes
    /// As in [`Rope::forward`].
    pub fn backward(&self, row: &mut [f32], position: usize) {
        self.turn(row, position, -1.0);
    }

    #[inline(always)]
    fn turn(&self, row: &mut [f32], position: usize, direction: f32) {
        let half = self.frequencies.len();
        let cosines = &self.cosines[position * half..][..half];
        let sines = &self.sines[position * half..][..half];
        for head in row.chunks_exact_mut(2 * half) {
            let (first, second) = head.split_at_mut(half);
            for i in 0..half {
                let (a, b, sine) = (first[i], second[i], direction * sines[i]);
                first[i] = a * cosines[i] - b * sine;
                second[i] = b * cosines[i] + a * sine;
            }
        }
    }
}
