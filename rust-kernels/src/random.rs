//! Counter-based random numbers: a pure function of (seed, stream, counter), so every draw can be replayed.

/// Philox 4x32 with 10 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
///
/// `key` is the seed, `counter` names the draw; equal inputs give equal outputs on every build and machine.
pub fn philox4x32(key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    const M0: u64 = 0xD251_1F53;
    const M1: u64 = 0xCD9E_8D57;
    let (mut k, mut c) = (key, counter);
    for _ in 0..10 {
        let p0 = M0 * c[0] as u64;
        let p1 = M1 * c[2] as u64;
        c = [
            (p1 >> 32) as u32 ^ c[1] ^ k[0],
            p1 as u32,
            (p0 >> 32) as u32 ^ c[3] ^ k[1],
            p0 as u32,
        ];
        k = [
            k[0].wrapping_add(0x9E37_79B9),
            k[1].wrapping_add(0xBB67_AE85),
        ];
    }
    c
}

/// Uniform in [0, 1) with 24 random bits.
pub fn uniform(seed: u64, stream: u32, counter: u32) -> f32 {
    let word = philox4x32([seed as u32, (seed >> 32) as u32], [counter, stream, 0, 0])[0];
    (word >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Fills `out` with independent N(0, 1) numbers (Box–Muller over Philox).
pub fn fill_normal(out: &mut [f32], seed: u64, stream: u32) {
    for (block, chunk) in out.chunks_mut(4).enumerate() {
        let w = philox4x32(
            [seed as u32, (seed >> 32) as u32],
            [block as u32, stream, 1, 0],
        );
        for pair in 0..chunk.len().div_ceil(2) {
            let u1 = (w[2 * pair] as f64 + 1.0) / 4_294_967_297.0;
            let u2 = w[2 * pair + 1] as f64 / 4_294_967_296.0;
            let radius = (-2.0 * u1.ln()).sqrt();
            let angle = core::f64::consts::TAU * u2;
            chunk[2 * pair] = (radius * angle.cos()) as f32;
            if 2 * pair + 1 < chunk.len() {
                chunk[2 * pair + 1] = (radius * angle.sin()) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of the Random123 distribution (kat_vectors, philox 4x32 10 rounds).
    #[test]
    fn philox4x32_matches_the_published_vectors() {
        assert_eq!(
            philox4x32([0, 0], [0; 4]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        let all = u32::MAX;
        assert_eq!(
            philox4x32([all, all], [all; 4]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox4x32(
                [0xa409_3822, 0x299f_31d0],
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn fill_normal_has_mean_zero_and_variance_one() {
        let mut x = vec![0.0; 100_001];
        fill_normal(&mut x, 7, 3);
        let mean = x.iter().map(|&v| v as f64).sum::<f64>() / x.len() as f64;
        let variance = x.iter().map(|&v| (v as f64 - mean).powi(2)).sum::<f64>() / x.len() as f64;
        assert!(
            mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03,
            "{mean} {variance}"
        );
    }
}
