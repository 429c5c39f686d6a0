/// Upgoing returns, over packed rows: the return goes on as long as what followed was at least as good as expected
/// (Vinyals et al. 2019, doi 10.1038/s41586-019-1724-z, methods, "upgoing policy update").
///
/// ```text
/// G_t = r_t + γ_t·(G_{t+1} if r_{t+1} + γ_{t+1}·v'_{t+1} ≥ v'_t else v'_t),  at a row's last step r_t + γ_t·v'_t
/// ```
///
/// The comparison is in f32, so that a tie of decimal numbers stays one.
///
/// # Shapes
/// `rewards`, `next_values` (v': value of what followed), `discounts` (γ_t), `returns` `[steps]`; `row_lengths` `[rows]`.
pub fn upgo(
    rewards: &[f32],
    next_values: &[f32],
    discounts: &[f32],
    row_lengths: &[u32],
    returns: &mut [f32],
) {
    let follow = |discount: f32, x: f64| {
        if discount == 0.0 {
            0.0 // nothing follows, not even a NaN
        } else {
            discount as f64 * x
        }
    };
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let mut after = 0.0f64;
        for t in (start..end).rev() {
            let expected = next_values[t];
            let goes_on = t + 1 < end && {
                let rest = follow(discounts[t + 1], next_values[t + 1] as f64) as f32;
                rewards[t + 1] + rest >= expected
            };
            let next = if goes_on { after } else { expected as f64 };
            after = rewards[t] as f64 + follow(discounts[t], next);
            returns[t] = after as f32;
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_through_good_steps_and_stops_at_a_bad_one() {
        // Values of what followed: 1, 5, 0. The last: 2. The second: 2 + 0 < 5, so 1 + 5 = 6. The first: 1 + 5 ≥ 1, so 0 + 6.
        let mut returns = [0.0; 3];
        upgo(
            &[0.0, 1.0, 2.0],
            &[1.0, 5.0, 0.0],
            &[1.0; 3],
            &[3],
            &mut returns,
        );
        assert_eq!(returns, [6.0, 6.0, 2.0]);
    }

    #[test]
    fn rows_stand_alone() {
        let mut returns = [0.0; 2];
        upgo(
            &[1.0, f32::NAN],
            &[2.0, 0.0],
            &[0.5, 1.0],
            &[1, 1],
            &mut returns,
        );
        assert_eq!(returns[0], 2.0);
        assert!(returns[1].is_nan());
    }
}
