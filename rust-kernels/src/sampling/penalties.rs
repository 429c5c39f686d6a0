//! Making tokens that were already said less likely.

/// What was said, and how much it counts against saying it again.
#[derive(Clone, Copy, Debug)]
pub struct Penalties<'a> {
    /// Divides positive and multiplies negative logits of every id in `context`; 1 is none.
    pub repetition: f32,
    /// Taken off once for each time an id was generated.
    pub frequency: f32,
    /// Taken off once for each id that was generated.
    pub presence: f32,
    /// Prompt and generated ids.
    pub context: &'a [u32],
    /// Generated ids.
    pub generated: &'a [u32],
}

impl Penalties<'_> {
    /// Applies repetition, then frequency and presence. Ids beyond the row are ignored.
    pub fn apply(&self, logits: &mut [f64]) {
        if self.repetition != 1.0 {
            for id in distinct(self.context) {
                if let Some(x) = logits.get_mut(id as usize) {
                    let r = self.repetition as f64;
                    *x = if *x < 0.0 { *x * r } else { *x / r };
                }
            }
        }
        if self.presence != 0.0 {
            for id in distinct(self.generated) {
                if let Some(x) = logits.get_mut(id as usize) {
                    *x -= self.presence as f64;
                }
            }
        }
        if self.frequency != 0.0 {
            for &id in self.generated {
                if let Some(x) = logits.get_mut(id as usize) {
                    *x -= self.frequency as f64;
                }
            }
        }
    }
}

fn distinct(ids: &[u32]) -> Vec<u32> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}
