//! Credit and objectives: pure functions on flat columns of tokens (or steps), float32 in, float64 where sums are long.
//!
//! A batch is packed: the tokens of all rows (sequences, episodes) one after the other, with `row_lengths` and a `mask`
//! that is non-zero where a token is learnable. What stands under a zero of the mask never matters and gets gradient 0.
//! A NaN or infinity at a learnable token propagates into the loss and is counted in `non_finite`; nothing panics on it.
//!
//! Callers check lengths (`bindings/` does); functions here panic when slices are shorter than the mask or the rows.

mod action_value_loss;
mod advantage_weights;
mod aggregation;
mod bounded;
mod cross_entropy;
mod discounted_returns;
mod distillation;
mod entropy_bonus;
mod expectile_loss;
mod exponential;
mod gae;
mod group_advantages;
mod importance_weights;
mod judged_loss;
mod kl_estimate;
mod lambda_returns;
mod masked_gae;
mod n_step_returns;
mod next_action_values;
mod nll;
mod policy_loss;
mod preference_loss;
mod rejection_mask;
mod retrace;
mod row_scores;
mod sequence_log_ratios;
mod sigmoid;
mod soft_values;
mod softmax;
mod top_entropy_mask;
mod unlikelihood;
mod upgo;
mod value_loss;
mod vtrace;
mod whiten;

pub use action_value_loss::{action_value_loss, ActionValueLoss, ActionValueOptions};
pub use advantage_weights::{advantage_weights, AdvantageWeight};
pub use aggregation::{token_weights, Aggregation, AggregationMode};
pub use bounded::bounded;
pub use cross_entropy::{categorical, categorical_backward, cross_entropy, CrossEntropyOptions};
pub use discounted_returns::discounted_returns;
pub use distillation::distillation;
pub use entropy_bonus::entropy_bonus;
pub use expectile_loss::expectile_loss;
pub use exponential::exponential;
pub use gae::gae;
pub use group_advantages::{group_advantages, Baseline, GroupScale};
pub use importance_weights::{importance_weights, RatioLevel, WeightOptions};
pub use judged_loss::{judged_loss, JudgedLoss, JudgedOptions};
pub use kl_estimate::{kl_estimate, KlEstimator};
pub use lambda_returns::lambda_returns;
pub use masked_gae::masked_gae;
pub use n_step_returns::n_step_returns;
pub use next_action_values::next_action_values;
pub use nll::nll;
pub use policy_loss::{policy_loss, PolicyColumns, PolicyLoss, PolicyOptions, Surrogate};
pub use preference_loss::{
    preference_loss, PairLoss, PreferenceColumns, PreferenceLoss, PreferenceOptions, ScoreForm,
};
pub use rejection_mask::{rejection_mask, RejectionUnit};
pub use retrace::retrace;
pub use sequence_log_ratios::sequence_log_ratios;
pub use soft_values::soft_values;
pub use top_entropy_mask::top_entropy_mask;
pub use unlikelihood::{unlikelihood, UnlikelihoodOptions};
pub use upgo::upgo;
pub use value_loss::{value_loss, ValueLoss};
pub use vtrace::{vtrace, Vtrace};
pub use whiten::whiten;
