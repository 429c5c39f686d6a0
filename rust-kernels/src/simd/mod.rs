//! Four f32 lanes with one meaning on every build: `relaxed` (fused multiply-add), `simd128` (multiply, then add)
//! and a portable array for native tests. The only module, with `bindings`, that may use `unsafe`.
//!
//! | File | Holds |
//! | --- | --- |
//! | `wasm`, `portable` | `F32x4`: the operations of one vector |
//! | `elementary` | exp, sigmoid and tanh, on vectors and slices |
//! | `reduce` | sums, dot products, scaled additions, in one fixed order |
//! | `tile` | the inner loops of a matrix product |
//! | `integer`, `packed_tile` | integer vectors, and the inner loop of a product with packed weights |
//! | `stored_tile` | the same over numbers in sixteen or eight bits |
//! | `touch` | a request for memory that is needed next |
//! | `transpose` | the copies that bring matrices into the order of those loops |
//! | `widen` | halves and bytes to floats |
//! | `peak` | a loop that does nothing but multiply and add |

mod elementary;
mod integer;
mod packed_tile;
mod peak;
#[cfg(not(target_arch = "wasm32"))]
mod portable;
mod reduce;
mod stored_tile;
mod tile;
mod touch;
mod transpose;
#[cfg(target_arch = "wasm32")]
mod wasm;
mod widen;

pub use elementary::{exp, exp_in_place, sigmoid, sigmoid_in_place, tanh, tanh_in_place};
pub use integer::{takes_whole_bytes, Lanes, E4, E7, Q8, QUAD_WORDS};
pub use packed_tile::{
    packed_tiles, tile_bytes, BLOCK, GROUP_ROWS, ROW_BYTES, SCALE_BYTES, STREAMS, TILE_ROWS,
};
pub use peak::{dot_chains, multiply_add_chains, CHAINS, DOT_PRODUCTS};
#[cfg(not(target_arch = "wasm32"))]
use portable::opaque;
#[cfg(not(target_arch = "wasm32"))]
pub use portable::F32x4;
pub use reduce::{axpy, dot, scale, sum, sum_of_squares};
pub use stored_tile::{stored_product, HALVES, KEY_BYTES, VALUE_BYTES};
pub use tile::{panel_product, row_product, PANEL_VECTORS};
pub use touch::touch;
pub use transpose::{as_floats, copy_columns, floats, transpose};
#[cfg(target_arch = "wasm32")]
use wasm::opaque;
#[cfg(target_arch = "wasm32")]
pub use wasm::F32x4;
pub use widen::{widen_bytes, widen_halves};
