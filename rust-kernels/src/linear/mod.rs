//! Linear models over hashed text: a softmax policy for any candidates, and a learner for one fixed set of actions.
//!
//! `features` turns text into sorted ids; `policy` scores, differentiates and updates; `choice` draws; `bandit` finds
//! which action is right from "right" and "wrong" alone.

pub mod bandit;
pub mod choice;
pub mod features;
pub mod policy;
