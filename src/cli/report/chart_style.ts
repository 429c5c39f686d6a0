/** Colors and strokes of all pictures, by class; `--name` values come from {@linkcode PALETTE}. */
export const CHART_STYLE = `
.grid{stroke:var(--line);stroke-width:1;fill:none}
.tick,.label{fill:var(--faint);font-size:11px;font-variant-numeric:tabular-nums}
.phase{font-size:12px;font-weight:600}
.band{opacity:.05}.band.warm{fill:var(--warm)}.band.learned{fill:var(--learned)}
text.warm{fill:var(--warm-text)}text.learned{fill:var(--learned-text)}
.end{font-size:13px;font-weight:650;font-variant-numeric:tabular-nums}.end.learned{font-size:16px}
.level{stroke:var(--warm);stroke-width:1.5;stroke-dasharray:2 4;fill:none}
.curve{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
.curve.warm{stroke:var(--warm)}.curve.learned{stroke:var(--learned)}
.area{opacity:.1}.area.warm{fill:var(--warm)}.area.learned{fill:var(--learned)}
.dot{stroke:var(--ground);stroke-width:2}.dot.warm{fill:var(--warm)}.dot.learned{fill:var(--learned)}`;

/** The colors by day and by night. */
export const PALETTE = {
  light: `--ground:#fff;--page:#f6f6f3;--ink:#191a1c;--soft:#55585e;--faint:#7b7f86;--line:#e4e4df;
--warm:#d08a1d;--warm-text:#96600c;--learned:#167a6b;--learned-text:#0f6559;--bad:#b3372f;--good:#167a6b;--code:#f3f3ef`,
  dark: `--ground:#191b1e;--page:#101214;--ink:#eceded;--soft:#b3b7bd;--faint:#868b93;--line:#2c2f34;
--warm:#e0a445;--warm-text:#e8b566;--learned:#3dbfa6;--learned-text:#5cd2bb;--bad:#f0837a;--good:#3dbfa6;--code:#22252a`,
} as const;
