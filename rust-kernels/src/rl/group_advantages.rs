use std::collections::BTreeMap;

/// What is subtracted from each reward.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Baseline {
    /// Mean of the group.
    Mean,
    /// Mean of the other members (leave-one-out).
    Others,
    /// Mean of the group weighted by length, which minimises the gradient's variance when it grows with length (OPO).
    LengthWeighted,
}

/// What the difference is divided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GroupScale {
    None,
    /// Sample deviation of the group, plus ε.
    Group,
    /// Sample deviation of all rewards, plus ε.
    Batch,
    /// Share of rewards that are not 0 (GPG).
    NonZeroShare,
}

impl Baseline {
    /// The baseline with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        [Self::Mean, Self::Others, Self::LengthWeighted]
            .get(code as usize)
            .copied()
    }
}

impl GroupScale {
    /// The scale with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        [Self::None, Self::Group, Self::Batch, Self::NonZeroShare]
            .get(code as usize)
            .copied()
    }
}

/// Advantage of each row against the rows of its own group (GRPO, arXiv 2402.03300, §4.1; Dr.GRPO, arXiv 2503.20783;
/// RLOO, arXiv 2402.14740).
///
/// ```text
/// A_b = (R_b − baseline(group of b)) / (deviation + ε)
/// ```
///
/// A group with one member has no baseline of its own: `singleton_raw` keeps its reward (deviation 1), else it gets 0.
/// The deviation is over n − 1; of equal rewards it is 0, so their advantages are 0/ε = 0.
///
/// # Shapes
/// `rewards`, `groups`, `lengths` (read by `LengthWeighted` only), `advantages` `[rows]`. Group ids are arbitrary numbers.
pub fn group_advantages(
    rewards: &[f32],
    groups: &[u32],
    lengths: &[f32],
    baseline: Baseline,
    scale: GroupScale,
    epsilon: f64,
    singleton_raw: bool,
    advantages: &mut [f32],
) {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, &group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(row);
    }
    let reward = |row: usize| rewards[row] as f64;
    let all: Vec<usize> = (0..rewards.len()).collect();
    let non_zero = rewards.iter().filter(|&&r| r != 0.0).count().max(1) as f64;
    for rows in members.values() {
        let n = rows.len() as f64;
        if rows.len() == 1 && !singleton_raw {
            advantages[rows[0]] = rewards[rows[0]] * 0.0; // NaN stays NaN
            continue;
        }
        let sum: f64 = rows.iter().map(|&row| reward(row)).sum();
        let weighted = || {
            let lengths = |row: usize| lengths[row] as f64;
            let total: f64 = rows.iter().map(|&row| lengths(row)).sum();
            rows.iter()
                .map(|&row| lengths(row) * reward(row))
                .sum::<f64>()
                / total.max(1e-8)
        };
        let deviation = match scale {
            GroupScale::None => 1.0,
            GroupScale::NonZeroShare => non_zero / rewards.len() as f64,
            GroupScale::Group if rows.len() == 1 => 1.0,
            GroupScale::Group => sample_deviation(rows, &reward) + epsilon,
            GroupScale::Batch => sample_deviation(&all, &reward) + epsilon,
        };
        let shared = match baseline {
            _ if rows.len() == 1 => 0.0,
            Baseline::LengthWeighted => weighted(),
            _ => sum / n,
        };
        for &row in rows {
            let own = match baseline {
                Baseline::Others if rows.len() > 1 => (sum - reward(row)) / (n - 1.0),
                _ => shared,
            };
            advantages[row] = ((reward(row) - own) / deviation) as f32;
        }
    }
}

fn sample_deviation(rows: &[usize], reward: &impl Fn(usize) -> f64) -> f64 {
    let n = rows.len() as f64;
    let mean = rows.iter().map(|&row| reward(row)).sum::<f64>() / n;
    let squares: f64 = rows.iter().map(|&row| (reward(row) - mean).powi(2)).sum();
    (squares / (n - 1.0).max(1.0)).sqrt()
}
