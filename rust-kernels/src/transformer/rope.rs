//! Rotary position embedding in the "halves" layout: of the first 2n numbers of a head, element i turns with i + n.

use super::blocks::ROPE_SETS;
use super::error::{refuse, resize, Outcome};
use super::shape::Shape;

/// The rotations of a model: a set of frequencies for each kind of layer, and other ones for long sequences.
pub struct Rope {
    head_dimension: usize,
    sets: [Table; ROPE_SETS],
    /// In place of set 0 for sequences of more positions than the number says.
    long: Option<(usize, Table)>,
}

/// Cosines and sines per position, computed when a position is first needed.
#[derive(Default)]
pub struct Table {
    frequencies: Vec<f32>,
    /// Factor of all cosines and sines.
    scale: f32,
    positions: usize,
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

impl Rope {
    /// Frequencies `θ^(−2i/d)` in all sets.
    pub fn new(shape: &Shape) -> Self {
        let d = shape.head_dimension;
        let frequency = |i| shape.rope_theta.powf(-2.0 * i as f64 / d as f64) as f32;
        let frequencies: Vec<f32> = (0..d / 2).map(frequency).collect();
        Self {
            head_dimension: d,
            sets: core::array::from_fn(|_| Table::new(&frequencies, 1.0)),
            long: None,
        }
    }

    /// Replaces the frequencies of a set; fewer than `headDimension / 2` leave the end of each head as it is.
    ///
    /// # Errors
    /// If there are more than `headDimension / 2`, one is not finite, the scale is no positive number, or there is no
    /// such set.
    pub fn set_frequencies(&mut self, frequencies: &[f32], scale: f32, set: usize) -> Outcome<()> {
        self.check(frequencies, scale)?;
        let Some(table) = self.sets.get_mut(set) else {
            return refuse(
                "set rope frequencies",
                format_args!("there is no set {set}"),
            );
        };
        *table = Table::new(frequencies, scale);
        Ok(())
    }

    /// Frequencies that replace set 0 in sequences of more than `above` positions; as [`Rope::set_frequencies`].
    pub fn set_long(&mut self, frequencies: &[f32], scale: f32, above: usize) -> Outcome<()> {
        self.check(frequencies, scale)?;
        self.long = Some((above, Table::new(frequencies, scale)));
        Ok(())
    }

    fn check(&self, frequencies: &[f32], scale: f32) -> Outcome<()> {
        let most = self.head_dimension / 2;
        let finite = frequencies.iter().all(|f| f.is_finite());
        if frequencies.len() > most || !finite || !(scale.is_finite() && scale > 0.0) {
            let state = format!(
                "expected at most {most} finite numbers, got {}; scale {scale}",
                frequencies.len()
            );
            return refuse("set rope frequencies", state);
        }
        Ok(())
    }

    /// Whether a sequence of so many positions turns by the long frequencies.
    pub fn is_long(&self, positions: usize) -> bool {
        self.long
            .as_ref()
            .is_some_and(|(above, _)| positions > *above)
    }

    /// Whether short and long sequences turn differently.
    pub fn switches(&self) -> bool {
        self.long.is_some()
    }

    /// A number that changes with any frequency, scale or limit.
    pub fn fingerprint(&self) -> u64 {
        let long = self.long.iter().map(|(_, table)| table);
        let above = self.long.as_ref().map_or(0, |(above, _)| *above as u64 + 1);
        let numbers = self.sets.iter().chain(long);
        let numbers = numbers.flat_map(|t| t.frequencies.iter().chain([&t.scale]));
        numbers.fold(above, |hash, x| {
            (hash ^ u64::from(x.to_bits()))
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(29)
        })
    }

    /// Makes the tables reach `positions`.
    pub fn reach(&mut self, positions: usize) -> Outcome<()> {
        for table in &mut self.sets {
            table.reach(positions)?;
        }
        match &mut self.long {
            Some((_, table)) => table.reach(positions),
            None => Ok(()),
        }
    }

    fn table(&self, set: usize, long: bool) -> &Table {
        match &self.long {
            Some((_, table)) if long && set == 0 => table,
            _ => &self.sets[set],
        }
    }

    /// Turns every head of rows at consecutive positions: `(a, b) → (a·cos − b·sin, b·cos + a·sin)`.
    ///
    /// # Shapes
    /// `rows [rows, width]`, of which the first `turned = n · headDimension` turn.
    pub fn forward(
        &self,
        (set, long): (usize, bool),
        rows: &mut [f32],
        width: usize,
        turned: usize,
        base: usize,
    ) {
        let table = self.table(set, long);
        for (position, row) in (base..).zip(rows.chunks_exact_mut(width)) {
            table.turn(&mut row[..turned], self.head_dimension, position, 1.0);
        }
    }

    /// Turns a gradient back: the transposed rotation.
    ///
    /// # Shapes
    /// As in [`Rope::forward`], the first row at position 0.
    pub fn backward(
        &self,
        (set, long): (usize, bool),
        rows: &mut [f32],
        width: usize,
        turned: usize,
    ) {
        let table = self.table(set, long);
        for (position, row) in rows.chunks_exact_mut(width).enumerate() {
            table.turn(&mut row[..turned], self.head_dimension, position, -1.0);
        }
    }
}

impl Table {
    fn new(frequencies: &[f32], scale: f32) -> Self {
        Self {
            frequencies: frequencies.to_vec(),
            scale,
            ..Self::default()
        }
    }

    fn reach(&mut self, positions: usize) -> Outcome<()> {
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
                self.cosines[position * half + i] = angle.cos() as f32 * self.scale;
                self.sines[position * half + i] = angle.sin() as f32 * self.scale;
            }
        }
        self.positions = positions;
        Ok(())
    }

    #[inline(always)]
    fn turn(&self, row: &mut [f32], head_dimension: usize, position: usize, direction: f32) {
        let half = self.frequencies.len();
        let cosines = &self.cosines[position * half..][..half];
        let sines = &self.sines[position * half..][..half];
        for head in row.chunks_exact_mut(head_dimension) {
            let (first, second) = head[..2 * half].split_at_mut(half);
            for i in 0..half {
                let (a, b, sine) = (first[i], second[i], direction * sines[i]);
                first[i] = a * cosines[i] - b * sine;
                second[i] = b * cosines[i] + a * sine;
            }
        }
    }
}
