//! Optimisers that know the shape of a tensor: see `optim::adafactor` and `optim::muon`.

use super::optim::same_length;
use crate::optim;
use wasm_bindgen::prelude::*;

/// See `optim::adafactor`: parameters and squares are updated in place. A vector has no `column_squares`.
/// `hugging_face` chooses that library's form over PyTorch's; `scale_parameter` is read there only.
#[wasm_bindgen]
pub fn adafactor(
    parameters: &mut [f32],
    gradients: &[f32],
    row_squares: &mut [f32],
    column_squares: &mut [f32],
    update: u32,
    learning_rate: f64,
    beta2_decay: f64,
    epsilon1: f64,
    epsilon2: f64,
    clip: f64,
    weight_decay: f64,
    gradient_scale: f64,
    hugging_face: bool,
    scale_parameter: bool,
) -> Result<(), JsError> {
    let n = parameters.len();
    same_length("gradients", n, gradients.len())?;
    let covered = row_squares.len() as u64 * column_squares.len().max(1) as u64;
    if covered != n as u64 {
        return Err(JsError::new(&format!(
            "Cannot use 'rowSquares': expected rows times columns to be {n}, got {covered}"
        )));
    }
    let mut scratch = Vec::new();
    if scratch.try_reserve_exact(n).is_err() {
        return Err(JsError::new(&format!(
            "Cannot allocate: no memory for {n} numbers"
        )));
    }
    scratch.resize(n, 0.0);
    let form = if hugging_face {
        optim::AdafactorForm::HuggingFace { scale_parameter }
    } else {
        optim::AdafactorForm::Torch
    };
    let options = optim::AdafactorOptions {
        form,
        learning_rate,
        beta2_decay,
        epsilon1,
        epsilon2,
        clip,
        weight_decay,
        gradient_scale,
    };
    optim::adafactor(
        parameters,
        gradients,
        row_squares,
        column_squares,
        update,
        &options,
        &mut scratch,
    );
    Ok(())
}

/// See `optim::muon`: parameters and momentum of one matrix with this many rows are updated in place.
/// `match_rms_adamw` chooses that rate over the original one.
#[wasm_bindgen]
pub fn muon(
    parameters: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
    rows: u32,
    learning_rate: f32,
    momentum: f32,
    nesterov: bool,
    weight_decay: f32,
    match_rms_adamw: bool,
    gradient_scale: f32,
) -> Result<(), JsError> {
    let n = parameters.len();
    same_length("gradients", n, gradients.len())?;
    same_length("m", n, m.len())?;
    let rows = rows as usize;
    let columns = n.checked_div(rows).unwrap_or(0);
    same_length("parameters", rows * columns, n)?;
    let options = optim::MuonOptions {
        learning_rate,
        momentum,
        nesterov,
        weight_decay,
        rate: if match_rms_adamw {
            optim::MuonRate::MatchRmsAdamw
        } else {
            optim::MuonRate::Original
        },
        gradient_scale,
    };
    optim::muon(parameters, gradients, m, rows, columns, &options);
    Ok(())
}
