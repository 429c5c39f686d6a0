//! Keys and values of 32 positions, for all layers, in sixteen or eight bits.

use crate::quant::{float_to_half, half_to_float};
use crate::simd::{widen_bytes, widen_halves};
use crate::transformer::shape::Shape;

/// Positions of a page.
pub const PAGE: usize = 32;
/// Positions of keys, and dimensions of values, that stand side by side.
pub const PANEL: usize = 8;
/// Numbers of a key or value that share a scale in eight bits.
pub const GROUP: usize = 32;
/// The largest F16.
const LARGEST: f32 = 65504.0;
/// The smallest F16 that is not subnormal; smaller keys and values are stored as 0.
const SMALLEST: f32 = 6.103_515_6e-5;

/// How keys and values are stored.
///
/// ```text
/// F16: |x − stored| ≤ max(2⁻¹¹·|x|, 2⁻¹⁴),  numbers beyond ±65504 become those
/// Q8:  |x − stored| ≤ 0.57 · scale,  scale = max|x| / 127 over 32 dimensions of a position
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheFormat {
    F16,
    Q8,
}

impl CacheFormat {
    /// The format of that name: `f16` or `q8`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "f16" => Some(Self::F16),
            "q8" => Some(Self::Q8),
            _ => None,
        }
    }
}

/// Where everything lies in a page.
///
/// # Shapes
/// A page is `[layers, heads, (keys, values)]`; keys `[PAGE / 8, headDimension, 8 positions]`, values
/// `[⌈headDimension / 8⌉, PAGE, 8 dimensions]`. In eight bits each is followed by its scales in F16,
/// `[⌈headDimension / 32⌉, PAGE]`.
#[derive(Debug, Clone, Copy)]
pub struct PageShape {
    format: CacheFormat,
    layers: usize,
    heads: usize,
    dimension: usize,
}

impl PageShape {
    pub fn new(shape: &Shape, format: CacheFormat) -> Self {
        Self {
            format,
            layers: shape.layers,
            heads: shape.key_value_heads,
            dimension: shape.head_dimension,
        }
    }

    fn number(&self) -> usize {
        match self.format {
            CacheFormat::F16 => 2,
            CacheFormat::Q8 => 1,
        }
    }
    fn scales(&self) -> usize {
        match self.format {
            CacheFormat::F16 => 0,
            CacheFormat::Q8 => 2 * PAGE * self.dimension.div_ceil(GROUP),
        }
    }
    /// Floats of the keys of one head.
    pub fn keys(&self) -> usize {
        PAGE * self.dimension
    }
    /// Floats of the values of one head.
    pub fn values(&self) -> usize {
        PAGE * self.dimension.next_multiple_of(PANEL)
    }
    /// Bytes of a page.
    pub fn bytes(&self) -> usize {
        self.layers * self.heads * self.head_bytes()
    }
    fn head_bytes(&self) -> usize {
        (self.keys() + self.values()) * self.number() + 2 * self.scales()
    }
    fn head_start(&self, layer: usize, head: usize) -> usize {
        (layer * self.heads + head) * self.head_bytes()
    }

    /// Stores key and value of a position.
    ///
    /// # Shapes
    /// `key`, `value` `[headDimension]`; `position < PAGE`.
    pub fn store(
        &self,
        page: &mut [u8],
        layer: usize,
        head: usize,
        position: usize,
        key: &[f32],
        value: &[f32],
    ) {
        let page = &mut page[self.head_start(layer, head)..][..self.head_bytes()];
        let (keys, values) = page.split_at_mut(self.keys() * self.number() + self.scales());
        let d = self.dimension;
        let panel = position / PANEL * d * PANEL + position % PANEL;
        self.store_numbers(keys, self.keys(), position, key, |i| panel + i * PANEL);
        self.store_numbers(values, self.values(), position, value, |i| {
            (i / PANEL * PAGE + position) * PANEL + i % PANEL
        });
    }

    fn store_numbers(
        &self,
        bytes: &mut [u8],
        count: usize,
        position: usize,
        x: &[f32],
        place: impl Fn(usize) -> usize,
    ) {
        if self.format == CacheFormat::F16 {
            for (i, x) in x.iter().enumerate() {
                let half = if x.abs() < SMALLEST {
                    0
                } else {
                    float_to_half(x.clamp(-LARGEST, LARGEST))
                };
                bytes[2 * place(i)..][..2].copy_from_slice(&half.to_le_bytes());
            }
            return;
        }
        let (numbers, scales) = bytes.split_at_mut(count);
        for (group, x) in x.chunks(GROUP).enumerate() {
            let far = |a: f32, x: &f32| if x.abs() <= a { a } else { x.abs() };
            let most = x.iter().fold(0.0, far);
            let half = float_to_half(most / 127.0);
            scales[2 * (group * PAGE + position)..][..2].copy_from_slice(&half.to_le_bytes());
            let scale = half_to_float(half);
            let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            for (i, x) in x.iter().enumerate() {
                let q = (x * inverse).round_ties_even().clamp(-127.0, 127.0);
                numbers[place(group * GROUP + i)] = q as i8 as u8;
            }
        }
    }

    pub fn format(&self) -> CacheFormat {
        self.format
    }

    /// Keys and values of all heads of a layer.
    pub fn layer<'a>(&self, page: &'a [u8], layer: usize) -> &'a [u8] {
        &page[self.head_start(layer, 0)..self.head_start(layer + 1, 0)]
    }

    /// Keys of one head as bytes, and their scales' bytes: none in sixteen bits.
    pub fn stored_keys<'a>(
        &self,
        page: &'a [u8],
        layer: usize,
        head: usize,
    ) -> (&'a [u8], &'a [u8]) {
        let bytes = &page[self.head_start(layer, head)..];
        let size = self.keys() * self.number();
        bytes[..size + self.scales()].split_at(size)
    }

    /// Values of one head as bytes, and their scales' bytes.
    pub fn stored_values<'a>(
        &self,
        page: &'a [u8],
        layer: usize,
        head: usize,
    ) -> (&'a [u8], &'a [u8]) {
        let keys = self.keys() * self.number() + self.scales();
        let bytes = &page[self.head_start(layer, head) + keys..];
        let size = self.values() * self.number();
        bytes[..size + self.scales()].split_at(size)
    }

    /// The keys of one head, as stored: `[PAGE / 8, headDimension, 8 positions]`.
    pub fn load_keys(&self, page: &[u8], layer: usize, head: usize, out: &mut [f32]) {
        let (numbers, scales) = self.stored_keys(page, layer, head);
        let d = self.dimension;
        if self.format == CacheFormat::F16 {
            return widen_halves(numbers, &mut out[..self.keys()]);
        }
        for panel in 0..PAGE / PANEL {
            for group in 0..d.div_ceil(GROUP) {
                let scale = scales8(&scales[2 * (group * PAGE + panel * PANEL)..]);
                let size = GROUP.min(d - group * GROUP) * PANEL;
                let at = (panel * d + group * GROUP) * PANEL;
                widen_bytes(&numbers[at..][..size], &scale, &mut out[at..][..size]);
            }
        }
    }

    /// The values of one head, as stored: `[⌈headDimension / 8⌉, PAGE, 8 dimensions]`.
    pub fn load_values(&self, page: &[u8], layer: usize, head: usize, out: &mut [f32]) {
        let (numbers, scales) = self.stored_values(page, layer, head);
        if self.format == CacheFormat::F16 {
            return widen_halves(numbers, &mut out[..self.values()]);
        }
        for panel in 0..self.dimension.div_ceil(PANEL) {
            let scales = &scales[2 * (panel * PANEL / GROUP * PAGE)..];
            for position in 0..PAGE {
                let half = u16::from_le_bytes([scales[2 * position], scales[2 * position + 1]]);
                let at = (panel * PAGE + position) * PANEL;
                let scale = [half_to_float(half); 8];
                widen_bytes(&numbers[at..][..PANEL], &scale, &mut out[at..][..PANEL]);
            }
        }
    }
}

fn scales8(bytes: &[u8]) -> [f32; 8] {
    core::array::from_fn(|i| half_to_float(u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn what_is_stored_comes_back(seed: u64, half in 1usize..40, layers in 1usize..3, heads in 1usize..3, eight: bool) {
            let d = 2 * half;
            let format = if eight { CacheFormat::Q8 } else { CacheFormat::F16 };
            let shape = PageShape { format, layers, heads, dimension: d };
            let mut page = vec![0; shape.bytes()];
            let mut all = vec![0.0; layers * heads * PAGE * 2 * d];
            crate::random::fill_normal(&mut all, seed, 0);
            let of = |layer: usize, head: usize, position: usize| {
                let at = ((layer * heads + head) * PAGE + position) * 2 * d;
                (&all[at..at + d], &all[at + d..at + 2 * d])
            };
            for layer in 0..layers {
                for head in 0..heads {
                    for position in 0..PAGE {
                        let (key, value) = of(layer, head, position);
                        shape.store(&mut page, layer, head, position, key, value);
                    }
                }
            }
            let (mut keys, mut values) = (vec![0.0; shape.keys()], vec![0.0; shape.values()]);
            let near = |x: &[f32], i: usize, y: f32| {
                let group = &x[i / GROUP * GROUP..d.min((i / GROUP + 1) * GROUP)];
                let most = group.iter().fold(0.0f32, |a, x| a.max(x.abs()));
                let bound = if eight { 0.57 * most / 127.0 } else { (x[i].abs() / 2048.0).max(SMALLEST) };
                (x[i] - y).abs() <= bound
            };
            for layer in 0..layers {
                for head in 0..heads {
                    shape.load_keys(&page, layer, head, &mut keys);
                    shape.load_values(&page, layer, head, &mut values);
                    for position in 0..PAGE {
                        let (key, value) = of(layer, head, position);
                        for i in 0..d {
                            let k = keys[(position / PANEL * d + i) * PANEL + position % PANEL];
                            let v = values[(i / PANEL * PAGE + position) * PANEL + i % PANEL];
                            prop_assert!(near(key, i, k) && near(value, i, v), "{k} {v} {i}");
                        }
                    }
                }
            }
        }
    }
}
