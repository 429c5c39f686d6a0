import { CHART_STYLE, PALETTE } from "./chart_style.ts";

/** The report's style sheet: by day and by night, from a phone to a wide screen, and on paper. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;${PALETTE.light}}
@media (prefers-color-scheme:dark){:root{${PALETTE.dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1040px;margin:0 auto;padding:40px 24px 72px}
header .kind{margin:0;color:var(--faint);font-size:14px}
h1{margin:4px 0 0;font-size:clamp(26px,4.4vw,40px);line-height:1.15;font-weight:680;letter-spacing:-.02em;text-wrap:balance}
h1 em{font-style:normal;color:var(--learned-text)}
h2{margin:52px 0 14px;font-size:19px;font-weight:650;letter-spacing:-.01em}
h2+p{margin:-8px 0 16px;color:var(--soft);max-width:68ch}
.facts{display:flex;flex-wrap:wrap;gap:6px 28px;margin:22px 0 26px;padding:0;list-style:none;color:var(--soft);font-size:14px}
.facts b{display:block;color:var(--ink);font-size:20px;font-weight:620;line-height:1.25;font-variant-numeric:tabular-nums}
.card,figure,.task,section.plain{background:var(--ground);border:1px solid var(--line);border-radius:12px}
.card{padding:14px 10px 6px 6px}
.card svg{display:block;width:100%;height:auto}.narrow{display:none!important}
svg text{font-family:inherit}
.grid-of-charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(228px,1fr));gap:14px}
figure{display:flex;flex-direction:column;justify-content:space-between;margin:0;padding:12px 14px 8px;min-width:0}
figure svg{display:block;width:100%;height:auto}
figure .curve{stroke-width:1.75}
figcaption{display:flex;justify-content:space-between;gap:10px;margin-bottom:6px;font-size:13px;color:var(--soft)}
figcaption b{color:var(--ink);font-variant-numeric:tabular-nums;font-weight:620;white-space:nowrap}
.range{display:flex;justify-content:space-between;margin:4px 0 0;font-size:11px;color:var(--faint);font-variant-numeric:tabular-nums}
.range span+span::before{content:"max "}.range span:first-child::before{content:"min "}
.legend{display:flex;gap:18px;margin:0 0 12px;font-size:13px;color:var(--soft)}
.legend i{display:inline-block;width:16px;height:3px;border-radius:2px;margin-right:7px;vertical-align:middle;background:var(--warm)}.legend i.learned{background:var(--learned)}
.task{margin-bottom:14px;overflow:hidden}
summary{cursor:pointer}
.task>summary{display:flex;flex-wrap:wrap;align-items:center;gap:6px 14px;padding:13px 18px;font-size:14px;color:var(--soft);list-style:none}
.task>summary::-webkit-details-marker{display:none}
.task>summary span:first-child{font-weight:640;color:var(--ink);margin-right:auto}
.task>summary span:first-child::before{content:"▸";display:inline-block;width:1.2em;color:var(--faint)}
.task[open]>summary span:first-child::before{content:"▾"}
.task[open]>summary{border-bottom:1px solid var(--line)}
.pill{display:inline-block;padding:1px 9px;border-radius:99px;font-size:12px;font-weight:600;white-space:nowrap;border:1px solid currentColor}
.pill.good,.numbers .good b{color:var(--good)}.pill.bad,.numbers .bad b{color:var(--bad)}
.sides{display:grid;grid-template-columns:1fr 1fr}
.sides section{padding:14px 18px 18px;min-width:0}.sides section+section{border-left:1px solid var(--line)}
h3{display:flex;align-items:center;gap:10px;margin:0 0 10px;font-size:14px}
h3 .total{margin-left:auto;font-weight:400;font-size:13px;color:var(--soft);font-variant-numeric:tabular-nums}
ol{margin:0;padding:0;list-style:none;counter-reset:step}
li{counter-increment:step;position:relative;padding:0 0 14px 30px}
ol>li::before{content:counter(step);position:absolute;left:0;top:1px;width:20px;height:20px;border-radius:50%;background:var(--code);color:var(--faint);font-size:11px;line-height:20px;text-align:center;font-variant-numeric:tabular-nums}
ol>li:not(:last-child)::after{content:"";position:absolute;left:9.5px;top:25px;bottom:2px;border-left:1px solid var(--line)}
.facts li{padding:0}
.seen{font-size:13.5px;color:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45}
li summary{font-size:13.5px;color:var(--soft)}
.action{display:block;margin:6px 0;padding:7px 10px;border-radius:7px;background:var(--code);overflow-wrap:anywhere;font-size:13px;line-height:1.45}
code,pre,.configuration td{font-family:ui-monospace,SFMono-Regular,"JetBrains Mono",Menlo,Consolas,monospace}
.action b{color:var(--learned-text);font-weight:650}.key{color:var(--faint)}
.numbers{display:flex;flex-wrap:wrap;align-items:center;gap:2px 16px;margin:0;font-size:12px;color:var(--faint);font-variant-numeric:tabular-nums}
.numbers b{font-weight:620;color:var(--soft)}
.bar{width:64px;height:10px;margin-left:7px;vertical-align:-1px}.bar .axis{stroke:var(--faint);stroke-width:1}
.bar .good{fill:var(--good)}.bar .bad{fill:var(--bad)}
.configuration{columns:290px;column-gap:14px}
section.plain{padding:12px 16px;margin:0 0 14px;break-inside:avoid}
section.plain h3{margin-bottom:6px}
table{width:100%;border-collapse:collapse;font-size:13px}
td{padding:4px 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tr:first-child td{border-top:0}
td:first-child{color:var(--soft);padding-right:12px;font-family:inherit!important}td:last-child{text-align:right}
pre{margin:0;padding:14px 16px;background:var(--ground);border:1px solid var(--line);border-radius:12px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px;user-select:all}
footer{margin-top:44px;color:var(--faint);font-size:13px}
@media (max-width:720px){main{padding:24px 14px 48px}h2{margin-top:38px}.sides{grid-template-columns:1fr}.sides section{padding:12px 14px}.sides section+section{border-left:0;border-top:1px solid var(--line)}.task>summary{padding:11px 14px}.task>summary span:first-child{width:100%}}
@media (max-width:560px){.wide{display:none!important}.narrow{display:block!important}.facts{display:grid;grid-template-columns:1fr 1fr;gap:14px}.grid-of-charts{grid-template-columns:1fr 1fr;gap:10px}figure{padding:10px 11px 7px}figcaption{flex-direction:column;gap:0}}
@media print{body{background:#fff}.card,figure,.task,section.plain{break-inside:avoid}}
${CHART_STYLE}`;
