//! Estimating what actions are worth from single judgements, and turning estimates into probabilities of acting.
//!
//! `logistic` scores any candidates by hashed features; `belief` finds which of many fixed actions is right from "right" and
//! "wrong" alone, with `memory` of what was judged, `softmax`, a classifier fitted to it as it grows, and `clusters` of its
//! texts; `exploration` gives exact propensities.

pub mod belief;
pub mod clusters;
pub mod exploration;
pub mod logistic;
pub mod memory;
pub mod softmax;
