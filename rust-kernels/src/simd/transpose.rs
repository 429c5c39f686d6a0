//! Copies that bring a matrix into the order in which the inner loops read it.

use super::F32x4;

/// The floats of a slice of vectors: scratch space with 16-byte alignment.
#[inline(always)]
pub fn as_floats(vectors: &mut [F32x4]) -> &mut [f32] {
    // SAFETY: F32x4 is four floats without padding, and the borrow covers all of them.
    unsafe { core::slice::from_raw_parts_mut(vectors.as_mut_ptr() as *mut f32, vectors.len() * 4) }
}

/// The floats of a slice of vectors, to read.
#[inline(always)]
pub fn floats(vectors: &[F32x4]) -> &[f32] {
    // SAFETY: F32x4 is four floats without padding, and the borrow covers all of them.
    unsafe { core::slice::from_raw_parts(vectors.as_ptr() as *const f32, vectors.len() * 4) }
}

/// `to[j · to_step + i] = from[i · from_step + j]` for `i < rows`, `j < columns`.
///
/// # Panics
/// When a slice is too short.
pub fn transpose(
    rows: usize,
    columns: usize,
    from: &[f32],
    from_step: usize,
    to: &mut [f32],
    to_step: usize,
) {
    if rows == 0 || columns == 0 {
        return;
    }
    assert!(extent(rows, from_step, columns) <= from.len());
    assert!(extent(columns, to_step, rows) <= to.len());
    let (rows4, columns4) = (rows & !3, columns & !3);
    let (source, target) = (from.as_ptr(), to.as_mut_ptr());
    for i in (0..rows4).step_by(4) {
        for j in (0..columns4).step_by(4) {
            // SAFETY: i + 3 < rows and j + 3 < columns; the asserts above cover every such element.
            unsafe {
                let block = core::array::from_fn(|r| {
                    F32x4::load_pointer(source.add((i + r) * from_step + j))
                });
                let block = F32x4::transpose(block);
                for (c, column) in block.into_iter().enumerate() {
                    column.store_pointer(target.add((j + c) * to_step + i));
                }
            }
        }
        for j in columns4..columns {
            for r in i..i + 4 {
                to[j * to_step + r] = from[r * from_step + j];
            }
        }
    }
    for i in rows4..rows {
        for j in 0..columns {
            to[j * to_step + i] = from[i * from_step + j];
        }
    }
}

/// Copies `rows` rows of `4 · V` floats.
///
/// # Panics
/// When a slice is too short.
pub fn copy_columns<const V: usize>(
    rows: usize,
    from: &[f32],
    from_step: usize,
    to: &mut [f32],
    to_step: usize,
) {
    if rows == 0 {
        return;
    }
    assert!(extent(rows, from_step, 4 * V) <= from.len());
    assert!(extent(rows, to_step, 4 * V) <= to.len());
    for i in 0..rows {
        for v in 0..V {
            // SAFETY: i < rows and v < V; the asserts above cover every such element.
            unsafe {
                F32x4::load_pointer(from.as_ptr().add(i * from_step + 4 * v))
                    .store_pointer(to.as_mut_ptr().add(i * to_step + 4 * v));
            }
        }
    }
}

/// Elements from the first to the last of `rows` rows of `columns` elements; too large to be a length on overflow.
#[inline(always)]
pub(super) fn extent(rows: usize, step: usize, columns: usize) -> usize {
    (rows - 1)
        .checked_mul(step)
        .and_then(|x| x.checked_add(columns))
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transpose_swaps_rows_and_columns_for_every_edge() {
        for rows in 0..10 {
            for columns in 0..10 {
                let from: Vec<f32> = (0..rows * 11).map(|x| x as f32).collect();
                let mut to = vec![-1.0; columns * 13];
                transpose(rows, columns, &from, 11, &mut to, 13);
                for j in 0..columns {
                    for i in 0..13 {
                        let expected = if i < rows { from[i * 11 + j] } else { -1.0 };
                        assert_eq!(to[j * 13 + i], expected, "{rows} x {columns}, {i} {j}");
                    }
                }
            }
        }
    }

    #[test]
    #[should_panic]
    fn transpose_panics_when_the_target_is_too_short() {
        transpose(4, 4, &[0.0; 16], 4, &mut [0.0; 15], 4);
    }
}
