//! A softmax policy over hashed text, for any candidates.
//!
//! `features` turns text into sorted ids; `policy` scores, differentiates and updates, through `hidden` units where asked;
//! `choice` draws.

pub mod choice;
pub mod features;
pub mod hidden;
pub mod policy;
