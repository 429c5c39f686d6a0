//! Four f32 lanes with one meaning on every build: `relaxed` (fused multiply-add), `simd128` (multiply, then add)
//! and a portable array for native tests. The only module, with `bindings`, that may use `unsafe`.

#[cfg(not(target_arch = "wasm32"))]
mod portable;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
pub use portable::F32x4;
#[cfg(target_arch = "wasm32")]
pub use wasm::F32x4;
