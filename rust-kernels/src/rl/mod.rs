//! Credit and objectives: pure functions on flat columns of tokens (or steps), float32 in, float64 where sums are long.
//!
//! A batch is packed: the tokens of all rows (sequences, episodes) one after the other, with `row_lengths` and a `mask`
//! that is non-zero where a token is learnable. What stands under a zero of the mask never matters and gets gradient 0.
//! A NaN or infinity at a learnable token propagates into the loss and is counted in `non_finite`; nothing panics on it.
//!
//! Callers check lengths (`bindings/` does); functions here panic when slices are shorter than the mask or the rows.

mod aggregation;
mod bounded;
mod cross_entropy;
mod discounted_returns;
mod entropy_bonus;
mod exponential;
mod gae;
mod group_advantages;
mod kl_estimate;
mod lambda_returns;
mod masked_gae;
mod n_step_returns;
mod nll;
mod policy_loss;
mod retrace;
mod sequence_log_ratios;
mod top_entropy_mask;
mod upgo;
mod value_loss;
mod vtrace;
mod whiten;

pub use aggregation::{token_weights, Aggregation, AggregationMode};
pub use bounded::bounded;
pub use cross_entropy::{categorical, categorical_backward, cross_entropy, CrossEntropyOptions};
pub use discounted_returns::discounted_returns;
pub use entropy_bonus::entropy_bonus;
pub use exponential::exponential;
pub use gae::gae;
pub use group_advantages::{group_advantages, Baseline, GroupScale};
pub use kl_estimate::{kl_estimate, KlEstimator};
pub use lambda_returns::lambda_returns;
pub use masked_gae::masked_gae;
pub use n_step_returns::n_step_returns;
pub use nll::nll;
pub use policy_loss::{policy_loss, PolicyColumns, PolicyLoss, PolicyOptions, Surrogate};
pub use retrace::retrace;
pub use sequence_log_ratios::sequence_log_ratios;
pub use top_entropy_mask::top_entropy_mask;
pub use upgo::upgo;
pub use value_loss::{value_loss, ValueLoss};
pub use vtrace::{vtrace, Vtrace};
pub use whiten::whiten;
