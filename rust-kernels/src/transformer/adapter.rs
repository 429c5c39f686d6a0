//! Low-rank adapters: `y += s · (x · Aᵀ) · Bᵀ` beside products whose weights stay as they are.
//!
//! Hu et al., arXiv 2106.09685. An adapter has a value head of its own. Rows of one
//! batch may belong to different adapters: segments name theirs.

use core::ops::Range;

use super::error::{refuse, resize, Outcome};
use super::layer::Segment;
use super::shape::Shape;
use crate::linalg::{gemm_nn, gemm_packed, gemm_tn, pack_nt, PackedB};
use crate::random::uniform;
use crate::simd::dot;

/// A larger rank is a mistake: it would be as large as the weights.
const LARGEST_RANK: usize = 4096;

/// Products of a layer, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Projections,
    Output,
    GateUp,
    Down,
}

impl Part {
    /// The part of that number.
    pub fn of(number: u32) -> Option<Self> {
        [Self::Projections, Self::Output, Self::GateUp, Self::Down]
            .get(number as usize)
            .copied()
    }

    /// Widths of what the product reads and writes.
    fn widths(self, shape: &Shape) -> (usize, usize) {
        match self {
            Self::Projections => (shape.hidden, shape.projected_width()),
            Self::Output => (shape.query_width(), shape.hidden),
            Self::GateUp => (shape.hidden, shape.up_width()),
            Self::Down => (shape.intermediate, shape.hidden),
        }
    }
}

/// Which outputs of a product an adapter changes, and how: a projection may be one of several in the product.
#[derive(Debug, Clone)]
pub struct Target {
    pub layer: usize,
    pub part: Part,
    pub columns: Range<usize>,
    pub rank: usize,
    /// s.
    pub scale: f32,
}

/// A target, and where its A `[rank, in]` and B `[out, rank]` lie.
struct Site {
    target: Target,
    a: Range<usize>,
    b: Range<usize>,
    packs: Option<(PackedB, PackedB)>,
}

/// One adapter.
pub struct Adapter {
    sites: Vec<Site>,
    pub value_weight: Range<usize>,
    pub value_bias: usize,
    pub parameters: Vec<f32>,
    /// Empty until something adds a gradient.
    pub gradients: Vec<f32>,
    /// First and second moments, empty until the first update.
    pub moments: Vec<f32>,
    /// Updates applied so far.
    pub updates: u32,
    /// How often its parameters changed.
    pub version: u64,
    fresh: bool,
}

/// Memory that one product of an adapter uses.
#[derive(Default)]
pub struct Scratch {
    low: Vec<f32>,
    d_low: Vec<f32>,
}

impl Adapter {
    /// An adapter that changes nothing yet: B and the value head are 0, A is uniform in ±1/√in by a seed; without one all
    /// numbers are 0, to be written.
    ///
    /// # Errors
    /// If there are no targets, or one has no rank, a scale that is not finite, or outputs that its product lacks.
    pub fn new(shape: &Shape, targets: &[Target], seed: Option<u64>) -> Outcome<Self> {
        const CANNOT: &str = "add an adapter";
        if targets.is_empty() {
            return refuse(CANNOT, "it has no targets");
        }
        for target in targets {
            let width = target.part.widths(shape).1;
            let fits = !target.columns.is_empty() && target.columns.end <= width;
            let ranked = (1..=LARGEST_RANK).contains(&target.rank) && target.scale.is_finite();
            if target.layer >= shape.layers || !fits || !ranked {
                let state = format_args!("{target:?} in {} layers, {width} outputs", shape.layers);
                return refuse(CANNOT, state);
            }
        }
        let mut count = 0;
        let mut take = |length: usize| {
            count += length;
            count - length..count
        };
        let site = |target: &Target| Site {
            a: take(target.rank * target.part.widths(shape).0),
            b: take(target.columns.len() * target.rank),
            target: target.clone(),
            packs: None,
        };
        let sites: Vec<Site> = targets.iter().map(site).collect();
        let value_weight = take(shape.hidden);
        let value_bias = take(1).start;
        let mut parameters = Vec::new();
        resize(&mut parameters, count)?;
        if let Some(seed) = seed {
            for (stream, site) in sites.iter().enumerate() {
                let bound = 1.0 / (site.target.part.widths(shape).0 as f32).sqrt();
                for (at, value) in parameters[site.a.clone()].iter_mut().enumerate() {
                    *value = (2.0 * uniform(seed, stream as u32, at as u32) - 1.0) * bound;
                }
            }
        }
        Ok(Self {
            sites,
            value_weight,
            value_bias,
            parameters,
            gradients: Vec::new(),
            moments: Vec::new(),
            updates: 0,
            version: 0,
            fresh: false,
        })
    }

    /// Value of a normed state.
    pub fn value(&self, state: &[f32]) -> f32 {
        dot(state, &self.parameters[self.value_weight.clone()]) + self.parameters[self.value_bias]
    }

    /// The parameters changed.
    pub fn outdate(&mut self) {
        self.fresh = false;
        self.version += 1;
    }

    /// Packs the matrices unless they are packed as they are.
    pub fn refresh(&mut self) {
        if core::mem::replace(&mut self.fresh, true) {
            return;
        }
        let parameters = &self.parameters;
        for Site {
            target,
            a,
            b,
            packs,
        } in &mut self.sites
        {
            let (down, up) = (&parameters[a.clone()], &parameters[b.clone()]);
            match packs {
                Some((a, b)) => {
                    a.repack_nt(down);
                    b.repack_nt(up);
                }
                None => {
                    let rank = target.rank;
                    let a = pack_nt(down, rank, down.len() / rank);
                    *packs = Some((a, pack_nt(up, target.columns.len(), rank)));
                }
            }
        }
    }

    fn sites(&self, (layer, part): (usize, Part)) -> impl Iterator<Item = &Site> {
        self.sites
            .iter()
            .filter(move |site| site.target.layer == layer && site.target.part == part)
    }

    /// `d_low = s · d_y · B` for some rows.
    fn d_low(
        &self,
        site: &Site,
        outer: usize,
        d_y: &[f32],
        rows: &Range<usize>,
        d_low: &mut Vec<f32>,
    ) -> Outcome<()> {
        let Target {
            rank,
            scale,
            ref columns,
            ..
        } = site.target;
        resize(d_low, rows.len() * rank)?;
        let d_y = &d_y[rows.start * outer + columns.start..];
        let b = &self.parameters[site.b.clone()];
        let (m, k) = (rows.len(), columns.len());
        gemm_nn(m, rank, k, d_y, outer, b, rank, d_low, rank, false);
        d_low.iter_mut().for_each(|value| *value *= scale);
        Ok(())
    }
}

impl Site {
    /// `low = s · x · Aᵀ`.
    fn low(&self, rows: usize, x: &[f32], low: &mut Vec<f32>) -> Outcome<()> {
        let Target { rank, scale, .. } = self.target;
        resize(low, rows * rank)?;
        if let Some((a, _)) = &self.packs {
            gemm_packed(rows, x, a.k(), a, low, rank, false);
        }
        low.iter_mut().for_each(|value| *value *= scale);
        Ok(())
    }
}

/// Calls `f` with each adapter and the rows that are its own.
fn each<'a>(
    adapters: &'a [Option<Adapter>],
    segments: &[Segment],
    mut f: impl FnMut(usize, &'a Adapter, Range<usize>) -> Outcome<()>,
) -> Outcome<()> {
    let mut at = 0;
    while at < segments.len() {
        let Segment { adapter, first, .. } = segments[at];
        let mut end = first;
        while at < segments.len() && segments[at].adapter == adapter {
            end = segments[at].first + segments[at].rows;
            at += 1;
        }
        if let Some((index, Some(own))) = adapter.and_then(|i| Some((i, adapters.get(i)?.as_ref())))
        {
            f(index, own, first..end)?;
        }
    }
    Ok(())
}

/// `y += s · (x · Aᵀ) · Bᵀ` for the rows of every adapter.
///
/// # Shapes
/// `x [rows, in]`, `y [rows, out]`, of which a target changes some columns.
pub fn forward(
    adapters: &[Option<Adapter>],
    at: (usize, Part),
    shape: &Shape,
    segments: &[Segment],
    x: &[f32],
    y: &mut [f32],
    scratch: &mut Scratch,
) -> Outcome<()> {
    let (inner, outer) = at.1.widths(shape);
    each(adapters, segments, |_, adapter, rows| {
        for site in adapter.sites(at) {
            let x = &x[rows.start * inner..rows.end * inner];
            site.low(rows.len(), x, &mut scratch.low)?;
            if let Some((_, b)) = &site.packs {
                let y = &mut y[rows.start * outer + site.target.columns.start..];
                gemm_packed(
                    rows.len(),
                    &scratch.low,
                    site.target.rank,
                    b,
                    y,
                    outer,
                    true,
                );
            }
        }
        Ok(())
    })
}

/// `d_x += s · (d_y · B) · A`.
///
/// # Shapes
/// As in [`forward`].
pub fn backward_input(
    adapters: &[Option<Adapter>],
    at: (usize, Part),
    shape: &Shape,
    segments: &[Segment],
    d_y: &[f32],
    d_x: &mut [f32],
    scratch: &mut Scratch,
) -> Outcome<()> {
    let (inner, outer) = at.1.widths(shape);
    each(adapters, segments, |_, adapter, rows| {
        for site in adapter.sites(at) {
            adapter.d_low(site, outer, d_y, &rows, &mut scratch.d_low)?;
            let a = &adapter.parameters[site.a.clone()];
            let d_x = &mut d_x[rows.start * inner..];
            let rank = site.target.rank;
            let n = rows.len();
            gemm_nn(
                n,
                inner,
                rank,
                &scratch.d_low,
                rank,
                a,
                inner,
                d_x,
                inner,
                true,
            );
        }
        Ok(())
    })
}

/// `dA += s · (d_y · B)ᵀ · x` and `dB += s · d_yᵀ · (x · Aᵀ)` of the adapter that learns.
///
/// # Shapes
/// As in [`forward`]; `gradients` as the parameters of adapter `learning`.
pub fn backward_weights(
    adapters: &[Option<Adapter>],
    at: (usize, Part),
    shape: &Shape,
    segments: &[Segment],
    x: &[f32],
    d_y: &[f32],
    (learning, gradients): (usize, &mut [f32]),
    scratch: &mut Scratch,
) -> Outcome<()> {
    let (inner, outer) = at.1.widths(shape);
    each(adapters, segments, |index, adapter, rows| {
        if index != learning {
            return Ok(());
        }
        for site in adapter.sites(at) {
            let (rank, n) = (site.target.rank, rows.len());
            let x = &x[rows.start * inner..rows.end * inner];
            site.low(n, x, &mut scratch.low)?;
            adapter.d_low(site, outer, d_y, &rows, &mut scratch.d_low)?;
            let columns = &site.target.columns;
            let d_y = &d_y[rows.start * outer + columns.start..];
            let d_b = &mut gradients[site.b.clone()];
            gemm_tn(
                columns.len(),
                rank,
                n,
                d_y,
                outer,
                &scratch.low,
                rank,
                d_b,
                rank,
                true,
            );
            let d_a = &mut gradients[site.a.clone()];
            gemm_tn(
                rank,
                inner,
                n,
                &scratch.d_low,
                rank,
                x,
                inner,
                d_a,
                inner,
                true,
            );
        }
        Ok(())
    })
}
