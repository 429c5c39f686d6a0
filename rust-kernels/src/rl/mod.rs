//! Credit and objectives: pure functions on flat columns of tokens (or steps), float32 in, float64 where sums are long.
//!
//! A batch is packed: the tokens of all rows (sequences, episodes) one after the other, with `row_lengths` and a `mask`
//! that is non-zero where a token is learnable. What stands under a zero of the mask never matters and gets gradient 0.
//! A NaN or infinity at a learnable token propagates into the loss and is counted in `non_finite`; nothing panics on it.
//!
//! Callers check lengths (`bindings/` does); functions here panic when slices are shorter than the mask or the rows.

mod aggregation;
mod bounded;
mod exponential;
mod gae;
mod nll;
mod policy_loss;
mod value_loss;

pub use aggregation::{token_weights, Aggregation, AggregationMode};
pub use bounded::bounded;
pub use exponential::exponential;
pub use gae::gae;
pub use nll::nll;
pub use policy_loss::{policy_loss, PolicyColumns, PolicyLoss, PolicyOptions, Surrogate};
pub use value_loss::{value_loss, ValueLoss};
