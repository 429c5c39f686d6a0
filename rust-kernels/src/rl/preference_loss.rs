use super::row_scores::{row_scores, spread, RowScores};
use super::sigmoid::{log_sigmoid, sigmoid};

/// What is made of a pair's rewards `a = β·score(chosen)`, `b = β·score(rejected)` and `x = a − b − margin`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PairLoss {
    /// `−(1−ε)·ln σ(x) − ε·ln σ(−x)` (Bradley–Terry, DPO, conservative DPO, SimPO, CPO).
    Logistic,
    /// `(−(1−ε)·ln σ(x) + ε·ln σ(−x))/(1−2ε)` (robust DPO).
    Robust,
    /// `max(0, −x)` (SLiC).
    Hinge,
    /// `(x/β)²` (IPO, regression on relative rewards).
    Squared,
    /// `σ(x)(ln σ(x) − ln(1−ε)) + σ(−x)(ln σ(−x) − ln ε)` (EXO).
    ReverseKl,
    /// `−ln σ(a) − ½ ln σ(−a) − ½ ln σ(−b)` (NCA).
    NoiseContrast,
    /// `−ln σ(a − center) − ln σ(center − b)` (BCO).
    Classifier,
    /// `((a − margin)² + (b + margin)²)/β²` (SPPO).
    SquaredEach,
    /// `1 − σ(a) + σ(b)` (APO-zero).
    AnchorZero,
    /// `σ(a) + 1 − σ(a − b)` (APO-down).
    AnchorDown,
    /// `−(1−m)·ln σ(x) + m·e^−x`, `m = σ(x/τ)` (DiscoPOP).
    Blend,
}

impl PairLoss {
    /// The loss with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        use PairLoss::*;
        [
            Logistic,
            Robust,
            Hinge,
            Squared,
            ReverseKl,
            NoiseContrast,
            Classifier,
            SquaredEach,
            AnchorZero,
            AnchorDown,
            Blend,
        ]
        .get(code as usize)
        .copied()
    }
}

/// What is made of a row's log-ratio `h` before it is a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScoreForm {
    /// `h` at α = 1 (reverse KL), else `e^{(α−1)h}/(α−1)`: forward KL at α = 0.
    Alpha,
    /// `ln σ(h)` (Jensen–Shannon).
    JensenShannon,
    /// `h − ln(1 − e^h)`: the log-odds of a row whose mean log-probability is `h`.
    LogOdds,
}

impl ScoreForm {
    /// The form with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        use ScoreForm::*;
        [Alpha, JensenShannon, LogOdds].get(code as usize).copied()
    }

    /// Score and its slope by `h`.
    #[inline(never)]
    fn apply(self, h: f64, alpha: f64) -> (f64, f64) {
        match self {
            Self::Alpha if alpha == 1.0 => (h, 1.0),
            Self::Alpha => {
                let slope = ((alpha - 1.0) * h).exp();
                (slope / (alpha - 1.0), slope)
            }
            Self::JensenShannon => (log_sigmoid(h), sigmoid(-h)),
            Self::LogOdds => {
                let rest = -h.exp_m1();
                (h - rest.ln(), 1.0 / rest)
            }
        }
    }
}

/// Constants of a preference loss.
#[derive(Clone, Copy, Debug)]
pub struct PreferenceOptions {
    pub pair_loss: PairLoss,
    pub form: ScoreForm,
    pub alpha: f64,
    /// Rows count by the mean over their tokens in place of the sum.
    pub mean: bool,
    /// The references' differences are handed out again in the order of the policy's (AOT).
    pub sorted: bool,
    pub beta: f64,
    pub margin: f64,
    /// ε.
    pub label_smoothing: f64,
    /// τ of `Blend`.
    pub temperature: f64,
    /// Of `Classifier`: the reward of what is neither good nor bad, usually a running mean.
    pub center: f64,
    /// Weight of the pairs' losses.
    pub coefficient: f64,
    /// Weight of the chosen rows' negative log-likelihood …
    pub nll_coefficient: f64,
    /// … which is over their tokens, or else over the pairs.
    pub nll_by_token: bool,
    /// Replaces the count of pairs when above 0.
    pub global_pairs: f64,
}

/// Columns of one batch; `reference`, `margins` and `weights` may be empty (absent).
#[derive(Clone, Copy, Debug)]
pub struct PreferenceColumns<'a> {
    pub log_probs: &'a [f32],
    pub reference: &'a [f32],
    pub mask: &'a [u8],
    pub row_lengths: &'a [u32],
    /// `[pairs]`: rows.
    pub chosen: &'a [u32],
    /// `[pairs]`: rows.
    pub rejected: &'a [u32],
    /// `[pairs]`: added to the margin.
    pub margins: &'a [f32],
    /// `[pairs]`: constant factor on a pair's loss.
    pub weights: &'a [f32],
}

/// The loss and what was seen on the way; means are over pairs.
#[derive(Clone, Copy, Debug, Default)]
pub struct PreferenceLoss {
    pub loss: f64,
    /// Mean pair loss before its coefficient.
    pub preference: f64,
    /// Negative log-likelihood of the chosen rows before its coefficient.
    pub nll: f64,
    /// Mean `a`.
    pub chosen_reward: f64,
    /// Mean `b`.
    pub rejected_reward: f64,
    /// Share of pairs with `a > b`.
    pub accuracy: f64,
    /// Pairs whose loss or gradient is NaN or infinite.
    pub non_finite: f64,
}

/// Learning from pairs of answers of which one was preferred.
///
/// ```text
/// h = Σ_t m·(log_prob − reference) [/ Σ_t m]      a, b = β·form(h) of the chosen and of the rejected row
/// loss = coefficient·Σ_pairs w·pair_loss(a, b)/pairs + nll_coefficient·nll(chosen)
/// ```
///
/// # Shapes
/// `d_log_probs` `[tokens]`: 0 where the mask is 0. Ids in `chosen` and `rejected` are below the number of rows. When no
/// row of a pair has a learnable token, everything is 0.
pub fn preference_loss(
    columns: &PreferenceColumns,
    options: &PreferenceOptions,
    d_log_probs: &mut [f32],
) -> PreferenceLoss {
    let (mask, row_lengths) = (columns.mask, columns.row_lengths);
    let scores = row_scores(
        columns.log_probs,
        columns.reference,
        mask,
        row_lengths,
        options.mean,
    );
    let pairs: Vec<(usize, usize)> = columns
        .chosen
        .iter()
        .zip(columns.rejected)
        .map(|(&w, &l)| (w as usize, l as usize))
        .collect();
    let mut seen = PreferenceLoss::default();
    let mut slopes = vec![0.0; row_lengths.len()];
    let learnable = |&(w, l): &(usize, usize)| scores.tokens[w] + scores.tokens[l] > 0.0;
    if pairs.iter().any(learnable) {
        let count = if options.global_pairs > 0.0 {
            options.global_pairs
        } else {
            pairs.len() as f64
        };
        add_pairs(
            columns,
            options,
            &scores,
            &pairs,
            count,
            &mut slopes,
            &mut seen,
        );
        add_nll(
            columns,
            options,
            &scores,
            &pairs,
            count,
            &mut slopes,
            &mut seen,
        );
    }
    spread(&slopes, mask, row_lengths, d_log_probs);
    seen
}

fn add_pairs(
    columns: &PreferenceColumns,
    options: &PreferenceOptions,
    scores: &RowScores,
    pairs: &[(usize, usize)],
    count: f64,
    slopes: &mut [f64],
    seen: &mut PreferenceLoss,
) {
    let beta = options.beta;
    let scored = |row: usize| {
        if options.form == ScoreForm::LogOdds && scores.tokens[row] == 0.0 {
            return (0.0, 0.0); // nothing was said: even odds
        }
        options.form.apply(scores.ratio(row), options.alpha)
    };
    let shifts = if options.sorted {
        rank_shifts(scores, pairs)
    } else {
        vec![0.0; pairs.len()]
    };
    let own = pairs.len() as f64;
    for (i, &(w, l)) in pairs.iter().enumerate() {
        let ((chosen, by_chosen), (rejected, by_rejected)) = (scored(w), scored(l));
        let margin = options.margin + columns.margins.get(i).map_or(0.0, |&m| m as f64);
        let (a, b) = (beta * chosen, beta * rejected);
        let (loss, by_a, by_b) = pair_terms(options, a + beta * shifts[i], b, margin);
        let weight = columns.weights.get(i).map_or(1.0, |&x| x as f64) / count;
        let scale = options.coefficient * weight * beta;
        let by_w = scale * by_a * by_chosen * scores.share(w, options.mean);
        let by_l = scale * by_b * by_rejected * scores.share(l, options.mean);
        slopes[w] += by_w;
        slopes[l] += by_l;
        seen.preference += weight * loss;
        seen.loss += options.coefficient * weight * loss;
        seen.chosen_reward += a / own;
        seen.rejected_reward += b / own;
        seen.accuracy += f64::from(u8::from(a > b)) / own;
        let finite = (loss + by_w + by_l).is_finite();
        seen.non_finite += f64::from(u8::from(!finite));
    }
}

fn add_nll(
    columns: &PreferenceColumns,
    options: &PreferenceOptions,
    scores: &RowScores,
    pairs: &[(usize, usize)],
    count: f64,
    slopes: &mut [f64],
    seen: &mut PreferenceLoss,
) {
    let tokens: f64 = pairs.iter().map(|&(w, _)| scores.tokens[w]).sum();
    let divisor = if options.nll_by_token {
        tokens.max(1.0)
    } else {
        count
    };
    for (i, &(w, _)) in pairs.iter().enumerate() {
        let weight = columns.weights.get(i).map_or(1.0, |&x| x as f64) / divisor;
        let sum = scores.policy[w] / scores.share(w, options.mean);
        seen.nll -= weight * sum;
        slopes[w] -= options.nll_coefficient * weight;
    }
    if options.nll_coefficient != 0.0 {
        seen.loss += options.nll_coefficient * seen.nll;
    }
}

/// What has to be added to each pair's difference so that the reference's differences, sorted, stand against the policy's, sorted.
fn rank_shifts(scores: &RowScores, pairs: &[(usize, usize)]) -> Vec<f64> {
    let ranks = |of: &[f64]| -> (Vec<f64>, Vec<usize>) {
        let gaps: Vec<f64> = pairs.iter().map(|&(w, l)| of[w] - of[l]).collect();
        // Counted, not sorted: batches of pairs are small, and a sort is the largest function of the module.
        let rank = |i: usize| {
            let below = |j: &usize| gaps[*j] < gaps[i] || (gaps[*j] == gaps[i] && *j < i);
            (0..gaps.len()).filter(below).count()
        };
        let ranks = (0..gaps.len()).map(rank).collect();
        (gaps, ranks)
    };
    let (_, policy) = ranks(&scores.policy);
    let (gaps, reference) = ranks(&scores.reference);
    let mut by_rank = gaps.clone();
    for (&rank, &gap) in reference.iter().zip(&gaps) {
        by_rank[rank] = gap;
    }
    let pairs = gaps.iter().zip(&policy);
    pairs.map(|(&gap, &rank)| gap - by_rank[rank]).collect()
}

/// Loss of one pair and its slopes by `a` and `b`.
fn pair_terms(options: &PreferenceOptions, a: f64, b: f64, margin: f64) -> (f64, f64, f64) {
    let (beta, e, center) = (options.beta, options.label_smoothing, options.center);
    let x = a - b - margin;
    let (up, down) = (sigmoid(x), sigmoid(-x));
    let (log_up, log_down) = (log_sigmoid(x), log_sigmoid(-x));
    let bell = |s: f64| s * (1.0 - s);
    let both = |loss: f64, slope: f64| (loss, slope, -slope);
    match options.pair_loss {
        PairLoss::Logistic => both(
            -(1.0 - e) * log_up - e * log_down,
            e * up - (1.0 - e) * down,
        ),
        PairLoss::Robust => both(
            (e * log_down - (1.0 - e) * log_up) / (1.0 - 2.0 * e),
            (-e * up - (1.0 - e) * down) / (1.0 - 2.0 * e),
        ),
        PairLoss::Hinge if x >= 0.0 => both(0.0, 0.0),
        PairLoss::Hinge => both(-x, -1.0),
        PairLoss::Squared => both((x / beta).powi(2), 2.0 * x / (beta * beta)),
        PairLoss::ReverseKl => {
            let (right, wrong) = ((1.0 - e).ln(), e.ln());
            both(
                up * (log_up - right) + down * (log_down - wrong),
                up * down * (x - right + wrong),
            )
        }
        PairLoss::NoiseContrast => (
            -log_sigmoid(a) - 0.5 * log_sigmoid(-a) - 0.5 * log_sigmoid(-b),
            0.5 * sigmoid(a) - sigmoid(-a),
            0.5 * sigmoid(b),
        ),
        PairLoss::Classifier => (
            -log_sigmoid(a - center) - log_sigmoid(center - b),
            -sigmoid(center - a),
            sigmoid(b - center),
        ),
        PairLoss::SquaredEach => {
            let (over, under, scale) = (a - margin, b + margin, 1.0 / (beta * beta));
            (
                scale * (over * over + under * under),
                2.0 * scale * over,
                2.0 * scale * under,
            )
        }
        PairLoss::AnchorZero => {
            let (over, under) = (sigmoid(a), sigmoid(b));
            (1.0 - over + under, -bell(over), bell(under))
        }
        PairLoss::AnchorDown => {
            let (over, gap) = (sigmoid(a), sigmoid(a - b));
            (over + 1.0 - gap, bell(over) - bell(gap), bell(gap))
        }
        PairLoss::Blend => {
            let tau = options.temperature;
            let m = sigmoid(x / tau);
            let grown = (log_sigmoid(x / tau) - x).exp(); // m·e^−x, which is small where e^−x is not
            both(
                grown - (1.0 - m) * log_up,
                grown * ((1.0 - m) / tau - 1.0) - (1.0 - m) * down + log_up * bell(m) / tau,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: PreferenceOptions = PreferenceOptions {
        pair_loss: PairLoss::Logistic,
        form: ScoreForm::Alpha,
        alpha: 1.0,
        mean: false,
        sorted: false,
        beta: 0.5,
        margin: 0.1,
        label_smoothing: 0.2,
        temperature: 0.3,
        center: 0.2,
        coefficient: 1.0,
        nll_coefficient: 0.0,
        nll_by_token: true,
        global_pairs: 0.0,
    };

    #[test]
    fn slopes_of_every_pair_loss_are_central_differences() {
        for code in 0..11 {
            let options = PreferenceOptions {
                pair_loss: PairLoss::from_code(code).unwrap(),
                ..OPTIONS
            };
            for (a, b) in [(0.3, -0.4), (-1.5, 0.7), (2.0, 2.5), (4.0, -3.0)] {
                let at = |a: f64, b: f64| pair_terms(&options, a, b, 0.1);
                let (_, by_a, by_b) = at(a, b);
                let h = 1e-6;
                let want_a = (at(a + h, b).0 - at(a - h, b).0) / (2.0 * h);
                let want_b = (at(a, b + h).0 - at(a, b - h).0) / (2.0 * h);
                assert!(
                    (by_a - want_a).abs() < 1e-6 * (1.0 + want_a.abs()),
                    "{code} {a} {b}: {by_a} {want_a}"
                );
                assert!(
                    (by_b - want_b).abs() < 1e-6 * (1.0 + want_b.abs()),
                    "{code} {a} {b}: {by_b} {want_b}"
                );
            }
        }
        assert_eq!(PairLoss::from_code(11), None);
    }

    #[test]
    fn slopes_of_every_form_are_central_differences() {
        for (code, alpha) in [(0, 1.0), (0, 0.0), (0, 0.4), (0, 2.0), (1, 1.0), (2, 1.0)] {
            let form = ScoreForm::from_code(code).unwrap();
            for h in [-3.0, -0.6, -0.001] {
                let step = 1e-7;
                let want =
                    (form.apply(h + step, alpha).0 - form.apply(h - step, alpha).0) / (2.0 * step);
                let got = form.apply(h, alpha).1;
                assert!(
                    (got - want).abs() < 1e-5 * (1.0 + want.abs()),
                    "{code} {h}: {got} {want}"
                );
            }
        }
    }

    #[test]
    fn far_out_no_loss_is_nan() {
        for code in 0..11 {
            let options = PreferenceOptions {
                pair_loss: PairLoss::from_code(code).unwrap(),
                ..OPTIONS
            };
            for (a, b) in [(900.0, -900.0), (-900.0, 900.0), (900.0, 900.0)] {
                let (loss, by_a, by_b) = pair_terms(&options, a, b, 0.1);
                assert!(
                    (loss + by_a + by_b).is_finite() || options.pair_loss == PairLoss::Blend,
                    "{code} {a} {b}"
                );
                assert!(!loss.is_nan(), "{code} {a} {b}");
            }
        }
    }
}
