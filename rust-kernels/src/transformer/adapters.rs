//! The adapters of a model: many resident, one of them learning.

use super::adapter::{Adapter, Target};
use super::error::{refuse, resize, Outcome};
use super::model::{check_length, check_values, AdamW, Transformer};
use crate::simd::dot;

impl Transformer {
    /// Adds an adapter that changes nothing yet; returns its number.
    ///
    /// # Errors
    /// As [`Adapter::new`].
    pub fn add_adapter(&mut self, targets: &[Target], seed: u64) -> Outcome<u32> {
        let adapter = Adapter::new(&self.shape, targets, seed)?;
        let free = self.adapters.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            self.adapters.push(None);
            self.adapters.len() - 1
        });
        self.adapters[index] = Some(adapter);
        Ok(index as u32)
    }

    /// Frees an adapter.
    ///
    /// # Errors
    /// If there is none of that number, or a slot goes through it, or it learns.
    pub fn remove_adapter(&mut self, id: u32) -> Outcome<()> {
        const CANNOT: &str = "remove an adapter";
        let index = self.adapter_index(CANNOT, id)?;
        if self.is_adapter_used(index) || self.learning.adapter == Some(index) {
            return refuse(CANNOT, format_args!("adapter {id} is in use"));
        }
        self.adapters[index] = None;
        Ok(())
    }

    /// Sends learned sequences through an adapter, which alone learns then; or, with none, through the weights, which do.
    pub fn learn_adapter(&mut self, id: Option<u32>) -> Outcome<()> {
        self.learning.adapter = match id {
            Some(id) => Some(self.adapter_index("learn an adapter", id)?),
            None => None,
        };
        self.learning.forget();
        Ok(())
    }

    pub(super) fn adapter_index(&self, cannot: &str, id: u32) -> Outcome<usize> {
        match self.adapters.get(id as usize) {
            Some(Some(_)) => Ok(id as usize),
            _ => refuse(cannot, format_args!("there is no adapter {id}")),
        }
    }

    fn adapter(&mut self, cannot: &str, id: u32) -> Outcome<&mut Adapter> {
        match self.adapters.get_mut(id as usize) {
            Some(Some(adapter)) => Ok(adapter),
            _ => refuse(cannot, format_args!("there is no adapter {id}")),
        }
    }

    /// All numbers of an adapter: target after target, A `[rank, in]` then B `[out, rank]`; then the
    /// value head's weight and bias.
    pub fn adapter_parameters(&mut self, id: u32) -> Outcome<&[f32]> {
        Ok(&self.adapter("read an adapter", id)?.parameters)
    }

    /// Replaces them, between any two tokens.
    pub fn write_adapter(&mut self, id: u32, values: &[f32]) -> Outcome<()> {
        const CANNOT: &str = "write an adapter";
        let adapter = self.adapter(CANNOT, id)?;
        check_values(CANNOT, values, adapter.parameters.len())?;
        adapter.parameters.copy_from_slice(values);
        adapter.outdate();
        self.adapter_changed(id);
        Ok(())
    }

    /// Its accumulated gradient.
    pub fn adapter_gradients_mut(&mut self, id: u32) -> Outcome<&mut [f32]> {
        let adapter = self.adapter("read an adapter's gradient", id)?;
        resize(&mut adapter.gradients, adapter.parameters.len())?;
        Ok(&mut adapter.gradients)
    }

    /// Replaces its gradient; it need not be finite.
    pub fn write_adapter_gradients(&mut self, id: u32, values: &[f32]) -> Outcome<()> {
        let gradients = self.adapter_gradients_mut(id)?;
        check_length("write an adapter's gradient", values, gradients.len())?;
        gradients.copy_from_slice(values);
        Ok(())
    }

    /// Its first moments, then its second moments.
    pub fn adapter_moments_mut(&mut self, id: u32) -> Outcome<&mut [f32]> {
        let adapter = self.adapter("read an adapter's moments", id)?;
        resize(&mut adapter.moments, 2 * adapter.parameters.len())?;
        Ok(&mut adapter.moments)
    }

    /// Replaces the moments and the number of updates behind them.
    pub fn write_adapter_moments(&mut self, id: u32, values: &[f32], updates: u32) -> Outcome<()> {
        let moments = self.adapter_moments_mut(id)?;
        check_values("write an adapter's moments", values, moments.len())?;
        moments.copy_from_slice(values);
        self.adapter("write an adapter's moments", id)?.updates = updates;
        Ok(())
    }

    /// Updates applied to it so far.
    pub fn adapter_updates(&mut self, id: u32) -> Outcome<u32> {
        Ok(self.adapter("read an adapter", id)?.updates)
    }

    /// Applies its gradient and clears it, as [`Transformer::adamw`] does with the weights.
    pub fn adapter_adamw(&mut self, id: u32, settings: AdamW) -> Outcome<f64> {
        self.adapter_gradients_mut(id)?;
        self.adapter_moments_mut(id)?;
        let own = self.adapter("update an adapter", id)?;
        let updates = own.updates;
        let trained = (&mut own.parameters[..], &own.gradients[..]);
        let norm = settings.apply(trained, &mut own.moments, &mut own.updates)?;
        own.gradients.fill(0.0);
        if own.updates != updates {
            own.outdate();
            self.adapter_changed(id);
        }
        Ok(norm)
    }

    fn adapter_changed(&mut self, id: u32) {
        if self.learning.adapter == Some(id as usize) {
            self.learning.forget();
        }
    }

    /// Value of a normed state by the head of an adapter, or by the model's.
    pub(super) fn value(&self, state: &[f32], adapter: Option<usize>) -> f32 {
        match adapter.and_then(|index| self.adapters[index].as_ref()) {
            Some(own) => own.value(state),
            None => {
                dot(state, &self.parameters[self.layout.value_weight.clone()])
                    + self.parameters[self.layout.value_bias.start]
            }
        }
    }

    /// Makes room for the gradients of what learns.
    pub(super) fn reserve_gradients(&mut self) -> Outcome<()> {
        match self.learning.adapter {
            Some(index) => self.adapter_gradients_mut(index as u32).map(|_| ()),
            None => self.gradients_mut().map(|_| ()),
        }
    }

    /// Lends the gradients of the adapter that learns: the rest of the model stays free to be read.
    pub(super) fn take_gradients(&mut self) -> Vec<f32> {
        let own = self
            .learning
            .adapter
            .and_then(|i| self.adapters[i].as_mut());
        own.map(|own| core::mem::take(&mut own.gradients))
            .unwrap_or_default()
    }

    /// Takes them back.
    pub(super) fn return_gradients(&mut self, gradients: Vec<f32>) {
        if let Some(own) = self
            .learning
            .adapter
            .and_then(|i| self.adapters[i].as_mut())
        {
            own.gradients = gradients;
        }
    }
}
