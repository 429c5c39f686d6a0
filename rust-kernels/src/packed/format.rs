//! How weights are stored.

use crate::simd;

/// What 32 weights of a row become: `x ≈ scale · q` with an F16 scale and integers q.
///
/// ```text
/// format | q          | scale          | bits a weight | |x − scale·q| at most
/// E4     | −8 .. 7    | (largest)/−8   | 4.5           | |scale| · 1.01
/// E7     | −63 .. 63  | max|x| / 63    | 8.5           | scale · 0.54
/// Q8     | −127 .. 127| max|x| / 127   | 8.5           | scale · 0.57
/// ```
///
/// plus 2⁻²⁵·|q| where the scale is so small that its F16 is subnormal. E4 is GGUF's Q4_0 and Q8 its Q8_0, exactly. E7
/// trades a bit of precision for one dot product in place of two where relaxed SIMD is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Format {
    E4 = simd::E4,
    E7 = simd::E7,
    Q8 = simd::Q8,
}

impl Format {
    /// The format of that name: `e4`, `e7` or `q8`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "e4" => Some(Self::E4),
            "e7" => Some(Self::E7),
            "q8" => Some(Self::Q8),
            _ => None,
        }
    }

    /// What is added to an integer before it is stored: stored weights are never negative.
    pub fn offset(self) -> i32 {
        match self {
            Self::E4 => 8,
            Self::E7 => 64,
            Self::Q8 => 127,
        }
    }

    /// Smallest and largest integer.
    pub fn range(self) -> (i32, i32) {
        match self {
            Self::E4 => (-8, 7),
            Self::E7 => (-63, 63),
            Self::Q8 => (-127, 127),
        }
    }

    /// Bytes of eight rows of 32 weights.
    pub fn tile_bytes(self) -> usize {
        simd::tile_bytes(self as u8)
    }
}
