//! Integer vectors of products with packed weights, with one meaning on every build.
//!
//! A dot product adds, in each of four lanes, four products of a signed activation and an unsigned weight below 128:
//! in that range `relaxed_dot_i8x16_i7x16_add` is exact on every engine. Without it weights are widened to sixteen bits,
//! and the two products of a pair are added at once.
//!
//! Some engines take the weights' bytes as unsigned and sum exactly: with these 0..=254 needs one dot product, not two.

#[cfg(target_arch = "wasm32")]
pub use vector::*;

#[cfg(not(target_arch = "wasm32"))]
pub use portable::*;

/// How a weight lies in its byte: see `packed::Format`.
pub const E4: u8 = 0;
pub const E7: u8 = 1;
pub const Q8: u8 = 2;

/// Whether a dot product is exact for weights up to 255, too. An engine keeps to its choice, so it is asked once.
pub fn takes_whole_bytes() -> bool {
    use core::sync::atomic::{AtomicU8, Ordering};
    static ANSWER: AtomicU8 = AtomicU8::new(2);
    let answer = ANSWER.load(Ordering::Relaxed);
    if answer < 2 {
        return answer == 1;
    }
    let takes = RELAXED && multiplies_whole_bytes();
    ANSWER.store(u8::from(takes), Ordering::Relaxed);
    takes
}

/// Signed activations and weights of which some have their top bit set; signed bytes, sums of pairs that wrap and such
/// that saturate all give something else.
static PROBES: [([i8; 4], [u8; 4]); 6] = [
    ([127; 4], [254; 4]),
    ([-127; 4], [254; 4]),
    ([127, -127, 1, 0], [255, 128, 129, 254]),
    ([-1, 2, -3, 4], [128, 0, 127, 200]),
    ([-128; 4], [255; 4]),
    ([127, 127, -127, -127], [255, 254, 253, 252]),
];

fn multiplies_whole_bytes() -> bool {
    let seed = 1_000_003i32;
    PROBES.iter().all(|(x, w)| {
        let words = [x.map(|x| x as u8), *w, seed.to_le_bytes()];
        // SAFETY: each has four bytes.
        let [x4, w4, sum] = words.map(|word| unsafe { Lanes::splat(opaque_bytes(word.as_ptr())) });
        let exact: i32 = x
            .iter()
            .zip(w)
            .map(|(&x, &w)| i32::from(x) * i32::from(w))
            .sum();
        sum.dot(x4, w4).integers() == [seed + exact; 4]
    })
}

#[cfg(target_arch = "wasm32")]
mod vector {
    use super::super::wasm::opaque;
    use super::super::F32x4;
    use super::{E4, E7, Q8};
    use core::arch::wasm32::*;

    /// 32-bit words that hold four activations: bytes, or two pairs of sixteen bits.
    pub const QUAD_WORDS: usize = if cfg!(target_feature = "relaxed-simd") {
        1
    } else {
        2
    };

    /// Sixteen bytes of anything.
    #[derive(Clone, Copy)]
    #[repr(transparent)]
    pub struct Lanes(v128);

    /// Constants that a loop keeps in registers; V8 spends several instructions on one that it is told to make.
    #[derive(Clone, Copy)]
    pub struct Constants {
        low: v128,
        sign: v128,
        factor: v128,
    }

    /// Whether weights stay bytes.
    pub const RELAXED: bool = cfg!(target_feature = "relaxed-simd");
    static LOW: [f32; 5] = [
        f32::from_bits(if RELAXED { 0x0f0f_0f0f } else { 0x000f_000f }),
        f32::from_bits(if RELAXED { 0x7f7f_7f7f } else { 0x00ff_00ff }),
        f32::from_bits(if RELAXED { 0x7f7f_7f7f } else { 0x00ff_00ff }),
        f32::from_bits(0x8fff_ffff),
        f32::from_bits((127 + 112) << 23),
    ];

    impl Constants {
        /// Those of a format.
        #[inline(always)]
        pub fn new<const F: u8>() -> Self {
            let table = opaque(LOW.as_ptr());
            // SAFETY: the table has five numbers and F is at most 2.
            unsafe {
                Self {
                    low: v128_load32_splat(table.add(F as usize) as *const u32),
                    sign: v128_load32_splat(table.add(3) as *const u32),
                    factor: v128_load32_splat(table.add(4) as *const u32),
                }
            }
        }
    }

    /// The same pointer, of which the compiler knows nothing.
    #[inline(always)]
    pub fn opaque_bytes(pointer: *const u8) -> *const u8 {
        opaque(pointer as *const f32) as *const u8
    }

    impl Lanes {
        /// # Safety
        /// Sixteen bytes are readable at `x`.
        #[inline(always)]
        pub unsafe fn load(x: *const u8) -> Self {
            // SAFETY: the caller's promise.
            Self(unsafe { v128_load(x as *const v128) })
        }
        /// # Safety
        /// Four bytes are readable at `x`.
        #[inline(always)]
        pub unsafe fn splat(x: *const u8) -> Self {
            // SAFETY: the caller's promise.
            Self(unsafe { v128_load32_splat(x as *const u32) })
        }
        /// Adds the products of activations and weights to the four sums.
        #[inline(always)]
        pub fn dot(self, activations: Self, weights: Self) -> Self {
            #[cfg(target_feature = "relaxed-simd")]
            return Self(i32x4_relaxed_dot_i8x16_i7x16_add(
                activations.0,
                weights.0,
                self.0,
            ));
            #[cfg(not(target_feature = "relaxed-simd"))]
            return Self(i32x4_add(self.0, i32x4_dot_i16x8(activations.0, weights.0)));
        }
        /// Words of four activations whose integers stand, each added to 1.5 · 2²³, in a vector; and these integers.
        #[inline(always)]
        pub fn words(rounded: F32x4) -> ([u32; QUAD_WORDS], Self) {
            let integers = i32x4_sub(rounded.lanes(), i32x4_splat(0x4b40_0000));
            #[cfg(target_feature = "relaxed-simd")]
            let words = {
                let halves = i16x8_narrow_i32x4(integers, integers);
                [u32x4_extract_lane::<0>(i8x16_narrow_i16x8(halves, halves))]
            };
            #[cfg(not(target_feature = "relaxed-simd"))]
            let words = {
                // Pairs of even and of odd places.
                let pairs = i16x8_shuffle::<0, 4, 2, 6, 0, 4, 2, 6>(integers, integers);
                [
                    u32x4_extract_lane::<0>(pairs),
                    u32x4_extract_lane::<1>(pairs),
                ]
            };
            (words, Self(integers))
        }
        /// Sums of four integers each.
        #[inline(always)]
        pub fn plus(self, other: Self) -> Self {
            Self(i32x4_add(self.0, other.0))
        }
        /// Four integers.
        pub fn integers(self) -> [i32; 4] {
            [
                i32x4_extract_lane::<0>(self.0),
                i32x4_extract_lane::<1>(self.0),
                i32x4_extract_lane::<2>(self.0),
                i32x4_extract_lane::<3>(self.0),
            ]
        }
        /// Four integers as floats.
        #[inline(always)]
        pub fn to_floats(self) -> F32x4 {
            F32x4::from_lanes(f32x4_convert_i32x4(self.0))
        }
        /// Operands of the dot products of sixteen stored bytes, the word of activations that each takes, and how many.
        #[inline(always)]
        pub fn unpack<const F: u8>(self, c: Constants) -> ([Self; 4], [usize; 4], usize) {
            let w = self.0;
            #[cfg(target_feature = "relaxed-simd")]
            let (parts, words, count) = match F {
                E4 => {
                    let high = v128_and(u16x8_shr(w, 4), c.low);
                    ([v128_and(w, c.low), high, w, w], [0, 1, 0, 0], 2)
                }
                E7 => ([w; 4], [0; 4], 1),
                // 0..=254 is the sum of two halves that are both below 128.
                _ => {
                    let half = v128_and(u16x8_shr(w, 1), c.low);
                    ([half, i8x16_sub(w, half), w, w], [0; 4], 2)
                }
            };
            #[cfg(not(target_feature = "relaxed-simd"))]
            let (parts, words, count) = match F {
                E4 => {
                    let third = v128_and(u16x8_shr(w, 4), c.low);
                    let second = v128_and(u16x8_shr(w, 8), c.low);
                    let parts = [v128_and(w, c.low), second, third, u16x8_shr(w, 12)];
                    (parts, [0, 1, 2, 3], 4)
                }
                E7 | Q8 | 3.. => {
                    let parts = [v128_and(w, c.low), u16x8_shr(w, 8), w, w];
                    (parts, [0, 1, 0, 0], 2)
                }
            };
            let _ = (E7, Q8);
            (parts.map(Self), words, count)
        }
    }

    /// Four halves as floats.
    ///
    /// # Safety
    /// Eight bytes are readable at `x`.
    #[inline(always)]
    pub unsafe fn load_halves(x: *const u8, c: Constants) -> F32x4 {
        // SAFETY: the caller's promise.
        let bits = unsafe { i32x4_load_extend_i16x4(x as *const i16) };
        F32x4::from_lanes(f32x4_mul(v128_and(i32x4_shl(bits, 13), c.sign), c.factor))
    }

    /// Eight signed bytes as floats.
    ///
    /// # Safety
    /// Eight bytes are readable at `x`.
    #[inline(always)]
    pub unsafe fn load_bytes(x: *const u8) -> [F32x4; 2] {
        // SAFETY: the caller's promise.
        let wide = unsafe { i16x8_load_extend_i8x8(x as *const i8) };
        [
            F32x4::from_lanes(f32x4_convert_i32x4(i32x4_extend_low_i16x8(wide))),
            F32x4::from_lanes(f32x4_convert_i32x4(i32x4_extend_high_i16x8(wide))),
        ]
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod portable {
    use super::super::F32x4;
    use super::{E4, E7};
    use crate::quant::half_to_float;

    /// As in the relaxed build.
    pub const QUAD_WORDS: usize = 1;
    pub const RELAXED: bool = true;

    /// Sixteen bytes of anything.
    #[derive(Clone, Copy)]
    pub struct Lanes([u8; 16]);

    /// Nothing: a native compiler makes its own.
    #[derive(Clone, Copy)]
    pub struct Constants;

    impl Constants {
        /// Those of a format.
        #[inline(always)]
        pub fn new<const F: u8>() -> Self {
            Self
        }
    }

    /// The same pointer.
    #[inline(always)]
    pub fn opaque_bytes(pointer: *const u8) -> *const u8 {
        pointer
    }

    impl Lanes {
        /// # Safety
        /// Sixteen bytes are readable at `x`.
        #[inline(always)]
        pub unsafe fn load(x: *const u8) -> Self {
            // SAFETY: the caller's promise.
            Self(unsafe { (x as *const [u8; 16]).read_unaligned() })
        }
        /// # Safety
        /// Four bytes are readable at `x`.
        #[inline(always)]
        pub unsafe fn splat(x: *const u8) -> Self {
            // SAFETY: the caller's promise.
            let word = unsafe { (x as *const [u8; 4]).read_unaligned() };
            Self(core::array::from_fn(|i| word[i % 4]))
        }
        /// Words of four activations whose integers stand, each added to 1.5 · 2²³, in a vector; and these integers.
        pub fn words(rounded: F32x4) -> ([u32; QUAD_WORDS], Self) {
            let integers = rounded.to_array().map(|x| x.to_bits() as i32 - 0x4b40_0000);
            let word = u32::from_le_bytes(integers.map(|x| x as u8));
            ([word; QUAD_WORDS], Self::of(integers))
        }
        /// Sums of four integers each.
        pub fn plus(self, other: Self) -> Self {
            let (a, b) = (self.integers(), other.integers());
            Self::of(core::array::from_fn(|i| a[i] + b[i]))
        }
        fn of(integers: [i32; 4]) -> Self {
            let bytes = integers.map(i32::to_le_bytes);
            Self(core::array::from_fn(|i| bytes[i / 4][i % 4]))
        }
        /// Four integers.
        pub fn integers(self) -> [i32; 4] {
            core::array::from_fn(|l| {
                i32::from_le_bytes(core::array::from_fn(|i| self.0[4 * l + i]))
            })
        }
        /// Adds the products of activations and weights to the four sums.
        #[inline(always)]
        pub fn dot(self, activations: Self, weights: Self) -> Self {
            let mut sums = self.integers();
            for (i, (&a, &w)) in activations.0.iter().zip(&weights.0).enumerate() {
                sums[i / 4] += i32::from(a as i8) * i32::from(w);
            }
            Self::of(sums)
        }
        /// Four integers as floats.
        #[inline(always)]
        pub fn to_floats(self) -> F32x4 {
            F32x4::from_array(self.integers().map(|x| x as f32))
        }
        /// Operands of the dot products of sixteen stored bytes, the word of activations that each takes, and how many.
        #[inline(always)]
        pub fn unpack<const F: u8>(self, _: Constants) -> ([Self; 4], [usize; 4], usize) {
            let map = |f: fn(u8) -> u8| Self(self.0.map(f));
            match F {
                E4 => (
                    [map(|w| w & 15), map(|w| w >> 4), self, self],
                    [0, 1, 0, 0],
                    2,
                ),
                E7 => ([self; 4], [0; 4], 1),
                _ => (
                    [map(|w| w >> 1), map(|w| w - (w >> 1)), self, self],
                    [0; 4],
                    2,
                ),
            }
        }
    }

    /// Four halves as floats.
    ///
    /// # Safety
    /// Eight bytes are readable at `x`.
    #[inline(always)]
    pub unsafe fn load_halves(x: *const u8, _: Constants) -> F32x4 {
        // SAFETY: the caller's promise.
        let halves = unsafe { (x as *const [u16; 4]).read_unaligned() };
        F32x4::from_array(halves.map(half_to_float))
    }

    /// Eight signed bytes as floats.
    ///
    /// # Safety
    /// Eight bytes are readable at `x`.
    #[inline(always)]
    pub unsafe fn load_bytes(x: *const u8) -> [F32x4; 2] {
        // SAFETY: the caller's promise.
        let bytes = unsafe { (x as *const [i8; 8]).read_unaligned() };
        let four =
            |at: usize| F32x4::from_array(core::array::from_fn(|i| f32::from(bytes[at + i])));
        [four(0), four(4)]
    }
}
