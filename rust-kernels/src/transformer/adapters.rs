//! The adapters of a model: many resident, by number, each with gradients and moments of its own.

use super::adapter::{Adapter, Target};
use super::error::{refuse, resize, Outcome};
use super::model::{check_length, check_values, AdamW};
use super::shape::Shape;

/// Adapters by number; numbers of removed ones are used again.
#[derive(Default)]
pub struct Adapters {
    all: Vec<Option<Adapter>>,
}

impl Adapters {
    /// Adds an adapter that changes nothing yet; returns its number.
    ///
    /// # Errors
    /// As [`Adapter::new`].
    pub fn add(&mut self, shape: &Shape, targets: &[Target], seed: Option<u64>) -> Outcome<u32> {
        let adapter = Adapter::new(shape, targets, seed)?;
        let free = self.all.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            self.all.push(None);
            self.all.len() - 1
        });
        self.all[index] = Some(adapter);
        Ok(index as u32)
    }

    /// Frees an adapter, where there is one.
    pub fn remove(&mut self, index: usize) {
        if let Some(place) = self.all.get_mut(index) {
            *place = None;
        }
    }

    /// All places, the empty ones too.
    pub fn all(&self) -> &[Option<Adapter>] {
        &self.all
    }

    /// The adapter of that number, where there is one.
    pub fn get(&self, index: Option<usize>) -> Option<&Adapter> {
        self.all.get(index?)?.as_ref()
    }

    /// The place of adapter `id`.
    ///
    /// # Errors
    /// If there is none of that number.
    pub fn index(&self, cannot: &str, id: u32) -> Outcome<usize> {
        match self.get(Some(id as usize)) {
            Some(_) => Ok(id as usize),
            None => refuse(cannot, format_args!("there is no adapter {id}")),
        }
    }

    /// The place of an adapter, if one is meant.
    pub fn optional(&self, cannot: &str, id: Option<u32>) -> Outcome<Option<usize>> {
        id.map(|id| self.index(cannot, id)).transpose()
    }

    /// How often the numbers of an adapter have changed; 0 where none is meant.
    pub fn version(&self, index: Option<usize>) -> u64 {
        self.get(index).map_or(0, |own| own.version)
    }

    /// Packs the matrices of those that changed.
    pub fn refresh(&mut self) {
        self.all.iter_mut().flatten().for_each(Adapter::refresh);
    }

    fn own(&mut self, cannot: &str, id: u32) -> Outcome<&mut Adapter> {
        match self.all.get_mut(id as usize) {
            Some(Some(adapter)) => Ok(adapter),
            _ => refuse(cannot, format_args!("there is no adapter {id}")),
        }
    }

    /// All numbers of an adapter: target after target, A `[rank, in]` then B `[out, rank]`; then the
    /// value head's weight and bias.
    pub fn parameters(&mut self, id: u32) -> Outcome<&[f32]> {
        Ok(&self.own("read an adapter", id)?.parameters)
    }

    /// Replaces them, between any two tokens.
    pub fn write(&mut self, id: u32, values: &[f32]) -> Outcome<()> {
        const CANNOT: &str = "write an adapter";
        let adapter = self.own(CANNOT, id)?;
        check_values(CANNOT, values, adapter.parameters.len())?;
        adapter.parameters.copy_from_slice(values);
        adapter.outdate();
        Ok(())
    }

    /// Its accumulated gradient.
    pub fn gradients_mut(&mut self, id: u32) -> Outcome<&mut [f32]> {
        let adapter = self.own("read an adapter's gradient", id)?;
        resize(&mut adapter.gradients, adapter.parameters.len())?;
        Ok(&mut adapter.gradients)
    }

    /// Replaces its gradient; it need not be finite.
    pub fn write_gradients(&mut self, id: u32, values: &[f32]) -> Outcome<()> {
        let gradients = self.gradients_mut(id)?;
        check_length("write an adapter's gradient", values, gradients.len())?;
        gradients.copy_from_slice(values);
        Ok(())
    }

    /// Lends its gradients, made if need be: the other adapters and the model stay free to be read.
    pub fn take_gradients(&mut self, index: usize) -> Outcome<Vec<f32>> {
        self.gradients_mut(index as u32)?;
        let own = self.own("take gradients", index as u32)?;
        Ok(core::mem::take(&mut own.gradients))
    }

    /// Takes them back.
    pub fn return_gradients(&mut self, index: usize, gradients: Vec<f32>) {
        if let Some(Some(own)) = self.all.get_mut(index) {
            own.gradients = gradients;
        }
    }

    /// Its first moments, then its second moments.
    pub fn moments_mut(&mut self, id: u32) -> Outcome<&mut [f32]> {
        let adapter = self.own("read an adapter's moments", id)?;
        resize(&mut adapter.moments, 2 * adapter.parameters.len())?;
        Ok(&mut adapter.moments)
    }

    /// Replaces the moments and the number of updates behind them.
    pub fn write_moments(&mut self, id: u32, values: &[f32], updates: u32) -> Outcome<()> {
        const CANNOT: &str = "write an adapter's moments";
        let moments = self.moments_mut(id)?;
        check_values(CANNOT, values, moments.len())?;
        moments.copy_from_slice(values);
        self.own(CANNOT, id)?.updates = updates;
        Ok(())
    }

    /// Updates applied to it so far.
    pub fn updates(&mut self, id: u32) -> Outcome<u32> {
        Ok(self.own("read an adapter", id)?.updates)
    }

    /// Applies its gradient and clears it; returns the gradient's global norm before clipping. A norm that is not finite
    /// leaves numbers, moments and updates as they were.
    ///
    /// # Errors
    /// If there is none of that number, a setting is not finite, or there is no memory for the moments.
    pub fn adamw(&mut self, id: u32, settings: AdamW) -> Outcome<f64> {
        self.gradients_mut(id)?;
        self.moments_mut(id)?;
        let own = self.own("update an adapter", id)?;
        let updates = own.updates;
        let trained = (&mut own.parameters[..], &own.gradients[..]);
        let norm = settings.apply(trained, &mut own.moments, &mut own.updates)?;
        own.gradients.fill(0.0);
        if own.updates != updates {
            own.outdate();
        }
        Ok(norm)
    }
}
