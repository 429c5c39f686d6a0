//! Products and softmax for tests, self-test and benchmarks; training and acting call `linalg` inside Rust.

use super::zeros;
use crate::linalg::{self, softmax, PackedB};
use crate::{random, simd};
use wasm_bindgen::prelude::*;

/// Largest matrix that these functions make: 2²⁶ elements, 256 MiB.
const LARGEST: usize = 1 << 26;

fn elements(name: &str, rows: usize, columns: usize) -> Result<usize, JsError> {
    rows.checked_mul(columns)
        .filter(|&n| n <= LARGEST)
        .ok_or_else(|| {
            JsError::new(&format!(
                "Cannot use matrix {name}: {rows} x {columns} elements are too many"
            ))
        })
}

fn check(name: &str, x: &[f32], rows: usize, columns: usize) -> Result<(), JsError> {
    let expected = elements(name, rows, columns)?;
    if x.len() == expected {
        return Ok(());
    }
    Err(JsError::new(&format!(
        "Cannot use matrix {name}: expected {rows} x {columns} = {expected} elements, got {}",
        x.len()
    )))
}

/// How the operands of a product lie; `nt` is A·Bᵀ.
#[derive(Clone, Copy)]
enum Kind {
    Nn,
    Nt,
    Tn,
    PackedNn,
    PackedNt,
}

impl Kind {
    fn parse(kind: &str) -> Result<Self, JsError> {
        match kind {
            "nn" => Ok(Self::Nn),
            "nt" => Ok(Self::Nt),
            "tn" => Ok(Self::Tn),
            "packed_nn" => Ok(Self::PackedNn),
            "packed_nt" => Ok(Self::PackedNt),
            _ => Err(JsError::new(&format!(
                "Cannot multiply: unknown kind '{kind}', use 'nn', 'nt', 'tn', 'packed_nn' or 'packed_nt'"
            ))),
        }
    }
    /// Rows and columns of A as stored.
    fn shape_a(self, m: usize, k: usize) -> (usize, usize) {
        match self {
            Self::Tn => (k, m),
            _ => (m, k),
        }
    }
    /// Rows and columns of B as stored.
    fn shape_b(self, n: usize, k: usize) -> (usize, usize) {
        match self {
            Self::Nt | Self::PackedNt => (n, k),
            _ => (k, n),
        }
    }
    fn pack(self, b: &[f32], n: usize, k: usize) -> Result<Option<PackedB>, JsError> {
        if matches!(self, Self::PackedNn | Self::PackedNt) {
            // Packing allocates and cannot fail softly: ask for the space first.
            drop(zeros(elements("B", k, n.saturating_add(3))?)?);
        }
        Ok(match self {
            Self::PackedNn => Some(linalg::pack_nn(b, n, k)),
            Self::PackedNt => Some(linalg::pack_nt(b, n, k)),
            _ => None,
        })
    }
}

/// Operands of one product, dense; `packed` is there for the packed kinds.
struct Operands<'a> {
    kind: Kind,
    shape: [usize; 3],
    a: &'a [f32],
    b: &'a [f32],
    packed: Option<&'a PackedB>,
}

fn multiply(x: &Operands, c: &mut [f32], accumulate: bool) {
    let [m, n, k] = x.shape;
    if let Some(packed) = x.packed {
        return linalg::gemm_packed(m, x.a, k, packed, c, n, accumulate);
    }
    match x.kind {
        Kind::Nt => linalg::gemm_nt(m, n, k, x.a, k, x.b, k, c, n, accumulate),
        Kind::Tn => linalg::gemm_tn(m, n, k, x.a, m, x.b, n, c, n, accumulate),
        _ => linalg::gemm_nn(m, n, k, x.a, k, x.b, n, c, n, accumulate),
    }
}

/// `C[m,n] = A·B` or, when `c` is given, `c + A·B`, dense and row-major.
///
/// `kind`: `nn` A[m,k] B[k,n] · `nt` A[m,k] B[n,k]ᵀ · `tn` A[k,m]ᵀ B[k,n] · `packed_nn`, `packed_nt` through packed weights.
#[wasm_bindgen]
pub fn gemm(
    kind: &str,
    m: usize,
    n: usize,
    k: usize,
    a: &[f32],
    b: &[f32],
    c: Option<Vec<f32>>,
) -> Result<Vec<f32>, JsError> {
    let kind = Kind::parse(kind)?;
    let (a_rows, a_columns) = kind.shape_a(m, k);
    let (b_rows, b_columns) = kind.shape_b(n, k);
    check("A", a, a_rows, a_columns)?;
    check("B", b, b_rows, b_columns)?;
    let size = elements("C", m, n)?;
    let accumulate = c.is_some();
    let mut c = match c {
        Some(c) => c,
        None => zeros(size)?,
    };
    check("C", &c, m, n)?;
    let packed = kind.pack(b, n, k)?;
    let operands = Operands {
        kind,
        shape: [m, n, k],
        a,
        b,
        packed: packed.as_ref(),
    };
    multiply(&operands, &mut c, accumulate);
    Ok(c)
}

/// A product with its own random matrices, so that a benchmark times nothing but the product.
#[wasm_bindgen]
pub struct GemmBench {
    kind: Kind,
    shape: [usize; 3],
    a: Vec<f32>,
    b: Vec<f32>,
    packed: Option<PackedB>,
    c: Vec<f32>,
}

#[wasm_bindgen]
impl GemmBench {
    /// Kinds as in `gemm`.
    #[wasm_bindgen(constructor)]
    pub fn new(kind: &str, m: usize, n: usize, k: usize) -> Result<GemmBench, JsError> {
        let kind = Kind::parse(kind)?;
        let mut a = zeros(elements("A", m, k)?)?;
        let mut b = zeros(elements("B", k, n)?)?;
        let c = zeros(elements("C", m, n)?)?;
        random::fill_normal(&mut a, 1, 0);
        random::fill_normal(&mut b, 1, 1);
        let packed = kind.pack(&b, n, k)?;
        Ok(Self {
            kind,
            shape: [m, n, k],
            a,
            b,
            packed,
            c,
        })
    }
    /// Multiplies `times` times; returns one element so that nothing can be dropped.
    pub fn run(&mut self, times: u32) -> f32 {
        let operands = Operands {
            kind: self.kind,
            shape: self.shape,
            a: &self.a,
            b: &self.b,
            packed: self.packed.as_ref(),
        };
        for _ in 0..times {
            multiply(&operands, &mut self.c, false);
        }
        self.c.first().copied().unwrap_or(0.0)
    }
    /// The product of the last run.
    pub fn result(&self) -> Vec<f32> {
        self.c.clone()
    }
}

/// Runs `iterations` rounds of 12 independent vector multiply-adds in registers; FLOP = `iterations · 96`.
#[wasm_bindgen(js_name = peakMultiplyAdds)]
pub fn peak_multiply_adds(iterations: u32) -> f32 {
    // A constant operand would be loaded again for every instruction.
    let factor = core::hint::black_box(1e-3);
    simd::multiply_add_chains(iterations, factor, factor)
}

/// As `peakMultiplyAdds` with integer dot products; returns the multiply-adds that were done.
#[wasm_bindgen(js_name = peakDotProducts)]
pub fn peak_dot_products(iterations: u32) -> f64 {
    let operand = core::hint::black_box([3u8; 16]);
    core::hint::black_box(simd::dot_chains(iterations, &operand, &operand));
    f64::from(iterations) * (simd::CHAINS * simd::DOT_PRODUCTS) as f64
}

fn check_row(logits: &[f32], mask: &Option<Vec<u32>>) -> Result<(), JsError> {
    let words = logits.len().div_ceil(32);
    match mask {
        Some(mask) if mask.len() != words => Err(JsError::new(&format!(
            "Cannot use the mask: expected {words} words for {} logits, got {}",
            logits.len(),
            mask.len()
        ))),
        _ => Ok(()),
    }
}

fn check_temperature(temperature: f32) -> Result<(), JsError> {
    if temperature > 0.0 && temperature.is_finite() {
        return Ok(());
    }
    Err(JsError::new(&format!(
        "Cannot divide by temperature {temperature}: it must be positive and finite"
    )))
}

/// ln Σ exp(logits / temperature) over the allowed entries; mask bit j % 32 of word j / 32, none allows all.
#[wasm_bindgen(js_name = logNormalizer)]
pub fn log_normalizer(
    logits: &[f32],
    mask: Option<Vec<u32>>,
    temperature: f32,
) -> Result<f32, JsError> {
    check_row(logits, &mask)?;
    check_temperature(temperature)?;
    Ok(softmax::log_normalizer(
        logits,
        mask.as_deref(),
        temperature,
    ))
}

/// Softmax of logits / temperature over the allowed entries, 0 elsewhere.
#[wasm_bindgen]
pub fn probabilities(
    logits: &[f32],
    mask: Option<Vec<u32>>,
    temperature: f32,
) -> Result<Vec<f32>, JsError> {
    check_row(logits, &mask)?;
    check_temperature(temperature)?;
    let mut out = vec![0.0; logits.len()];
    softmax::probabilities(logits, mask.as_deref(), temperature, &mut out);
    Ok(out)
}

/// Entropy of that softmax in nats.
#[wasm_bindgen(js_name = softmaxEntropy)]
pub fn softmax_entropy(
    logits: &[f32],
    mask: Option<Vec<u32>>,
    temperature: f32,
) -> Result<f32, JsError> {
    check_row(logits, &mask)?;
    check_temperature(temperature)?;
    Ok(softmax::entropy(logits, mask.as_deref(), temperature))
}

/// `exp`, `sigmoid` or `tanh` of each element, by the kernels' own polynomials.
#[wasm_bindgen]
pub fn elementary(name: &str, mut x: Vec<f32>) -> Result<Vec<f32>, JsError> {
    match name {
        "exp" => simd::exp_in_place(&mut x),
        "sigmoid" => simd::sigmoid_in_place(&mut x),
        "tanh" => simd::tanh_in_place(&mut x),
        _ => {
            return Err(JsError::new(&format!(
                "Cannot apply '{name}': use 'exp', 'sigmoid' or 'tanh'"
            )))
        }
    }
    Ok(x)
}
