//! Optimisers: one update of flat parameters in place, from gradients and the optimiser's own moments.
//!
//! All slices of one call have one length, and element `i` of each belongs together; a binding checks that. An update
//! touches each element once, independently of the others, so tensors may be updated together or one by one. Adafactor
//! and Muon are the exceptions: they see one tensor with its shape.

mod adafactor;
mod adam;
mod adamw;
mod flush;
mod global_norm;
mod lion;
mod muon;
mod rmsprop;
mod sgd;

pub use adafactor::{adafactor, AdafactorForm, AdafactorOptions};
pub use adam::adam;
pub use adamw::adamw;
pub use global_norm::{clip_scale, global_norm, ClipRule};
pub use lion::lion;
pub use muon::{muon, MuonOptions, MuonRate};
pub use rmsprop::rmsprop;
pub use sgd::sgd;
