//! Adapters beside packed weights: they act and evaluate; where they learn, the weights are not packed.

use super::model::PackedTransformer;
use crate::transformer::adapter::{Adapter, Target};
use crate::transformer::error::{refuse, Outcome};
use crate::transformer::model::check_values;

impl PackedTransformer {
    /// Adds an adapter that changes nothing yet; returns its number.
    ///
    /// # Errors
    /// As [`Adapter::new`].
    pub fn add_adapter(&mut self, targets: &[Target], seed: u64) -> Outcome<u32> {
        let mut adapter = Adapter::new(&self.shape, targets, seed)?;
        adapter.refresh();
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
    /// If there is none of that number, or a slot goes through it, or it is evaluated.
    pub fn remove_adapter(&mut self, id: u32) -> Outcome<()> {
        const CANNOT: &str = "remove an adapter";
        let index = self.adapter_index(CANNOT, id)?;
        let used = self
            .slots
            .iter()
            .flatten()
            .any(|s| s.adapter == Some(index));
        if used || self.evaluated.adapter == Some(index) {
            return refuse(CANNOT, format_args!("adapter {id} is in use"));
        }
        self.adapters[index] = None;
        Ok(())
    }

    /// Sends what a slot is fed from now on through an adapter, or through none; what it was fed before stays as it is.
    pub fn adapt_slot(&mut self, slot: u32, adapter: Option<u32>) -> Outcome<()> {
        const CANNOT: &str = "adapt a slot";
        let adapter = self.optional(CANNOT, adapter)?;
        self.slot(CANNOT, slot)?;
        if let Some(Some(slot)) = self.slots.get_mut(slot as usize) {
            slot.adapter = adapter;
        }
        Ok(())
    }

    /// Sends evaluated sequences through an adapter, or through none.
    pub fn evaluate_adapter(&mut self, adapter: Option<u32>) -> Outcome<()> {
        self.evaluated.adapter = self.optional("evaluate an adapter", adapter)?;
        self.evaluated.forget();
        Ok(())
    }

    /// All numbers of an adapter; as `Transformer::adapter_parameters`.
    pub fn adapter_parameters(&self, id: u32) -> Outcome<&[f32]> {
        let index = self.adapter_index("read an adapter", id)?;
        Ok(self.adapters[index]
            .as_ref()
            .map_or(&[], |own| &own.parameters))
    }

    /// Replaces them, between any two tokens.
    pub fn write_adapter(&mut self, id: u32, values: &[f32]) -> Outcome<()> {
        const CANNOT: &str = "write an adapter";
        let index = self.adapter_index(CANNOT, id)?;
        if let Some(own) = &mut self.adapters[index] {
            check_values(CANNOT, values, own.parameters.len())?;
            own.parameters.copy_from_slice(values);
            own.outdate();
            own.refresh();
        }
        if self.evaluated.adapter == Some(index) {
            self.evaluated.forget();
        }
        Ok(())
    }

    fn adapter_index(&self, cannot: &str, id: u32) -> Outcome<usize> {
        match self.adapters.get(id as usize) {
            Some(Some(_)) => Ok(id as usize),
            _ => refuse(cannot, format_args!("there is no adapter {id}")),
        }
    }

    fn optional(&self, cannot: &str, adapter: Option<u32>) -> Outcome<Option<usize>> {
        adapter.map(|id| self.adapter_index(cannot, id)).transpose()
    }
}
