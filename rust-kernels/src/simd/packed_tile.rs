//! The inner loop of a product with packed weights: a few rows of activations by one tile of eight rows of weights.
//!
//! Integer sums live for one block of 32 and are exact; each then joins its f32 sum with one multiply-add, block after
//! block. So an output has the same bits in every grouping of rows.

use super::integer::{load_halves, opaque_bytes, Constants, Lanes, E4, QUAD_WORDS};
use super::F32x4;

/// Rows of weights in a tile.
pub const TILE_ROWS: usize = 8;
/// Numbers that share a scale.
pub const BLOCK: usize = 32;
/// Bytes of a tile's scales in a block.
pub const SCALE_BYTES: usize = 2 * TILE_ROWS;
/// Rows of activations that share a pass over a tile, at most; V8 has 15 registers for their sums. Measured: three rows
/// are 5 to 15 % faster than two on both builds.
pub const GROUP_ROWS: usize = 3;
/// Tiles that pass a single row of activations together.
pub const STREAMS: usize = 2;
/// Bytes of one row of activations in a block: scale, correction, numbers.
pub const ROW_BYTES: usize = 8 + BLOCK * QUAD_WORDS;

/// Bytes of a tile in a block.
pub const fn tile_bytes(format: u8) -> usize {
    SCALE_BYTES + TILE_ROWS * BLOCK / if format == E4 { 2 } else { 1 }
}

/// `out[t][r][j] = Σ_k a[r][k] · w[t][j][k]` for the eight rows `j` of each tile. Tiles that pass together are as many
/// streams of memory: from places far apart two are read a quarter faster than one.
///
/// # Shapes
/// `weights[t] [blocks, tile_bytes]`; `activations [blocks, ROWS · ROW_BYTES]`, in a block the scales of all rows, their
/// corrections, and the words of all rows side by side.
///
/// # Panics
/// When a slice is too short.
#[inline(always)]
pub fn packed_tiles<const F: u8, const ROWS: usize, const TILES: usize>(
    blocks: usize,
    weights: [&[u8]; TILES],
    activations: &[u8],
    out: &mut [[[f32; TILE_ROWS]; ROWS]; TILES],
) {
    assert!(weights.iter().all(|w| w.len() >= blocks * tile_bytes(F)));
    assert!(activations.len() >= blocks * ROWS * ROW_BYTES);
    if blocks == 0 {
        *out = [[[0.0; TILE_ROWS]; ROWS]; TILES];
        return;
    }
    let weights = weights.map(<[u8]>::as_ptr);
    // SAFETY: the asserts above cover every byte of `blocks` blocks.
    let sums = unsafe { sums::<F, ROWS, TILES>(blocks, weights, activations.as_ptr()) };
    for (out, sums) in out.iter_mut().zip(sums) {
        for (out, [low, high]) in out.iter_mut().zip(sums) {
            low.store(&mut out[..4]);
            high.store(&mut out[4..]);
        }
    }
}

/// # Safety
/// `blocks ≥ 1` blocks of each tile's weights and of activations are readable.
#[inline(always)]
unsafe fn sums<const F: u8, const ROWS: usize, const TILES: usize>(
    blocks: usize,
    mut weights: [*const u8; TILES],
    mut activations: *const u8,
) -> [[[F32x4; 2]; ROWS]; TILES] {
    let constants = Constants::new::<F>();
    let quads = if F == E4 { 2 } else { 1 };
    let mut sums = [[[F32x4::zero(); 2]; ROWS]; TILES];
    // Never reached, but the compilers do not know: rounds that may end a block keep their order, while the loads of
    // plainly unrolled ones are gathered until the registers run out. Each asks otherwise, so that no answer is reused.
    let never = (opaque_bytes(core::ptr::null()) as usize).wrapping_sub(1);
    // SAFETY: the caller's promise; each pointer moves to the next block only where there is one.
    unsafe {
        for left in (0..blocks).rev() {
            weights = weights.map(opaque_bytes);
            activations = opaque_bytes(activations);
            let corrections: [[Lanes; 2]; ROWS] =
                core::array::from_fn(|r| [Lanes::splat(activations.add(4 * (ROWS + r))); 2]);
            let mut integers = [corrections; TILES];
            'block: {
                macro_rules! round {
                    ($u:literal) => {
                        for t in 0..TILES {
                            let at = weights[t].add(SCALE_BYTES + $u * 32);
                            let low = Lanes::load(at).unpack::<F>(constants);
                            let high = Lanes::load(at.add(16)).unpack::<F>(constants);
                            for part in 0..low.2 {
                                let word = $u * quads * QUAD_WORDS + low.1[part];
                                for r in 0..ROWS {
                                    let at = activations.add(4 * (2 * ROWS + word * ROWS + r));
                                    let x = Lanes::splat(at);
                                    integers[t][r][0] = integers[t][r][0].dot(x, low.0[part]);
                                    integers[t][r][1] = integers[t][r][1].dot(x, high.0[part]);
                                }
                            }
                        }
                        if left.wrapping_add($u) == never {
                            break 'block;
                        }
                    };
                }
                round!(0);
                round!(1);
                round!(2);
                round!(3);
                if F != E4 {
                    round!(4);
                    round!(5);
                    round!(6);
                    round!(7);
                }
            }
            for t in 0..TILES {
                for half in 0..2 {
                    let scales = load_halves(weights[t].add(8 * half), constants);
                    for r in 0..ROWS {
                        let scale =
                            F32x4::splat_pointer(activations.add(4 * r) as *const f32) * scales;
                        sums[t][r][half] = integers[t][r][half]
                            .to_floats()
                            .mul_add(scale, sums[t][r][half]);
                    }
                }
            }
            if left > 0 {
                weights = weights.map(|w| w.add(tile_bytes(F)));
                activations = activations.add(ROWS * ROW_BYTES);
            }
        }
    }
    sums
}
