//! The class `Checksum`: XXH64 of bytes that come one piece after the other.

use wasm_bindgen::prelude::*;
use xxhash_rust::xxh64::Xxh64;

/// XXH64 with the seed 0 of everything that it is given: it finds damage, not intent. Owns its memory: dispose it.
#[wasm_bindgen]
pub struct Checksum(Xxh64);

#[wasm_bindgen]
impl Checksum {
    /// Of nothing yet.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // JavaScript has no Default
    pub fn new() -> Self {
        Self(Xxh64::new(0))
    }

    /// Goes on with more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all bytes so far, as 16 hexadecimal digits.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.0.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    #[test]
    fn digest_is_xxh64_however_the_bytes_are_cut() {
        // The published test vectors: of nothing, and of "abc".
        assert_eq!(Checksum::new().digest(), "ef46db3751d8e999");
        for cut in 0..3 {
            let mut sum = Checksum::new();
            sum.update(&b"abc"[..cut]);
            sum.update(&b"abc"[cut..]);
            assert_eq!(sum.digest(), "44bc2cf5ad770999");
        }
    }
}
