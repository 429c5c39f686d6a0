const LIGHT = `--ground:#fff;--page:#f6f6f3;--ink:#191a1c;--soft:#55585e;--faint:#6d7178;--line:#e4e4df;--code:#f3f3ef;
--accent:#0f6559;--accent-ground:#e3f1ee;--get:#0f6559;--post:#96600c;--delete:#b3372f;--bad:#b3372f;--good:#167a6b;
--panel:#1d2023;--panel-line:#34383d;--panel-ink:#e9eaea;--panel-soft:#a4a9b0;--field:#131517`;
const DARK =
  `--ground:#191b1e;--page:#101214;--ink:#eceded;--soft:#b3b7bd;--faint:#8f949c;--line:#2c2f34;--code:#22252a;
--accent:#5cd2bb;--accent-ground:#17332e;--get:#5cd2bb;--post:#e8b566;--delete:#f0837a;--bad:#f0837a;--good:#3dbfa6;
--panel:#16181b;--panel-line:#2c2f34;--panel-ink:#e9eaea;--panel-soft:#a4a9b0;--field:#0d0f10`;

/** The page's style sheet: by day and by night, three columns on a desk, one on a phone. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;${LIGHT};--mono:ui-monospace,SFMono-Regular,"JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{scroll-padding-top:20px}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%;display:grid;grid-template-columns:256px minmax(0,1fr)}
a{color:inherit}code,pre,textarea,input{font-family:var(--mono)}
code{font-size:.88em}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:26px 18px 32px 24px;border-right:1px solid var(--line);background:var(--ground)}
.brand{display:flex;align-items:baseline;gap:9px;margin-bottom:12px}.brand b{font-size:19px;font-weight:680;letter-spacing:-.02em}.brand span{color:var(--faint);font-size:12.5px}
nav summary{display:none}
nav h2{margin:22px 0 6px;font-size:12px;font-weight:600;color:var(--faint)}
nav ul{margin:0;padding:0;list-style:none}
nav a{display:flex;align-items:baseline;gap:8px;padding:4px 8px 4px 0;border-radius:6px;text-decoration:none;font-size:13.5px;line-height:1.35;color:var(--soft)}
nav a:hover,nav a.here{color:var(--ink)}nav a.here{font-weight:600}
nav .method{flex:0 0 46px;font-size:10.5px}
.method{font:650 12px/1.4 var(--mono);color:var(--get)}.method.post,.method.put,.method.patch{color:var(--post)}.method.delete{color:var(--delete)}
main{padding:44px 40px 96px;max-width:1320px;min-width:0}
header{max-width:760px}
h1{margin:0;font-size:clamp(28px,4vw,40px);line-height:1.12;font-weight:680;letter-spacing:-.025em}
header>p{margin:10px 0 22px;color:var(--soft);font-size:17px;text-wrap:pretty}
.start{margin:0 0 20px;background:var(--panel);color:var(--panel-ink);border-radius:12px;overflow:hidden}
.start figcaption{padding:10px 16px;font-size:13px;color:var(--panel-soft);border-bottom:1px solid var(--panel-line)}
.start pre{margin:0;padding:14px 16px;overflow:auto;font-size:12.8px;line-height:1.6}
.key{display:flex;flex-wrap:wrap;align-items:center;gap:10px 20px;font-size:13.5px}
.key label{display:flex;align-items:center;gap:10px;flex:1 1 340px}.key span{color:var(--soft)}
.key input{flex:1;min-width:0;padding:8px 11px;border:1px solid var(--line);border-radius:8px;background:var(--ground);color:var(--ink);font-size:12.5px}
h2.group{margin:64px 0 0;padding-bottom:10px;border-bottom:1px solid var(--line);font-size:23px;font-weight:660;letter-spacing:-.02em}
.operation{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,440px);gap:20px 44px;padding:34px 0 38px;border-bottom:1px solid var(--line)}
h3{margin:0;font-size:18px;font-weight:650;letter-spacing:-.01em}h3 a{text-decoration:none}h3 a:hover{text-decoration:underline}
.route{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 10px;margin:6px 0 12px}.route code{font-size:13.5px;overflow-wrap:anywhere}.route em{font-style:normal;color:var(--accent)}
.scope{margin-left:auto;font-size:12.5px;color:var(--faint)}.scope b{font-weight:600;color:var(--soft)}
.prose{margin:0 0 8px;color:var(--soft);max-width:66ch;text-wrap:pretty}.prose code,.properties p code,.answer>summary code,div.answer code{background:var(--code);padding:1px 4px;border-radius:4px}
h4{margin:24px 0 4px;font-size:13px;font-weight:640}
.properties{margin:0;padding:0;list-style:none}
.properties>li{padding:9px 0;border-top:1px solid var(--line)}.properties>li:first-child{border-top:0}
.property{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 10px}
.name{font-weight:620;font-size:13px}
.type{font-size:12.5px;color:var(--faint);overflow-wrap:anywhere}.bounds{color:var(--soft)}
.required{font-size:12px;color:var(--post)}
.properties p{margin:2px 0 0;font-size:13.5px;color:var(--soft);max-width:64ch;text-wrap:pretty}
.ignored{font-size:13px;color:var(--faint);line-height:1.8}
summary{cursor:pointer}
.properties details{margin-top:4px}.properties details>summary,.answer summary{font-size:12.5px;color:var(--soft)}
.properties details>.properties,.form>.properties{margin:4px 0 0 4px;padding-left:14px;border-left:2px solid var(--line)}
.form{padding:4px 0}
.answer{padding:5px 0;font-size:13.5px;color:var(--soft)}.answer summary{font-size:13.5px}.media{margin:8px 0 0;font-size:12.5px;color:var(--faint);font-family:var(--mono)}
.answer>.properties{margin-left:4px;padding-left:14px;border-left:2px solid var(--line)}
.status{font:650 12.5px var(--mono);margin-right:6px;color:var(--bad)}.status.s2{color:var(--good)}
.shown{position:sticky;top:20px;align-self:start;min-width:0}
.shown form{background:var(--panel);color:var(--panel-ink);border-radius:12px;overflow:hidden}
.bar{display:flex;align-items:center;justify-content:space-between;gap:10px;padding:9px 8px 9px 14px;border-bottom:1px solid var(--panel-line);font:12px var(--mono);color:var(--panel-soft)}.bar span{overflow-wrap:anywhere}
button{font:600 13px system-ui,sans-serif;border:0;border-radius:7px;cursor:pointer;padding:8px 16px;background:#3dbfa6;color:#06231e}
button:hover{filter:brightness(1.08)}button:focus-visible,a:focus-visible,summary:focus-visible,input:focus-visible,textarea:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.curl{background:none;color:var(--panel-soft);font-weight:500;font-size:12px;padding:4px 8px;white-space:nowrap}.curl:hover{color:var(--panel-ink)}
.shown label{display:flex;align-items:center;gap:10px;padding:8px 14px 0;font:12px var(--mono);color:var(--panel-soft)}
.shown input{flex:1;min-width:0;padding:6px 9px;border:1px solid var(--panel-line);border-radius:6px;background:var(--field);color:var(--panel-ink);font-size:12.5px}
.shown label.body{padding:0}.shown .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
textarea{display:block;width:100%;margin:0;padding:14px;border:0;background:none;color:var(--panel-ink);font-size:12.8px;line-height:1.55;resize:vertical;field-sizing:content;max-height:60vh}
.shown textarea:focus-visible{outline-offset:-2px}
.send{display:flex;align-items:center;gap:12px;padding:10px 14px 12px}
.outcome{font:12.5px var(--mono);color:var(--panel-soft);overflow-wrap:anywhere}.outcome.good{color:#5cd2bb}.outcome.bad{color:#f0837a}
.result,.preview pre{margin:10px 0 0;padding:14px;max-height:60vh;overflow:auto;background:var(--ground);border:1px solid var(--line);border-radius:12px;font-size:12.5px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere}
.preview{margin-top:12px;font-size:13px;color:var(--soft)}
.j-key{color:var(--soft)}.j-text{color:var(--accent)}.j-value{color:var(--post)}
@media (max-width:1120px){.operation{grid-template-columns:minmax(0,1fr)}.shown{position:static}}
@media (max-width:760px){body{display:block}nav{position:static;height:auto;padding:14px 16px;border-right:0;border-bottom:1px solid var(--line)}
nav .brand{margin:0}nav summary{display:list-item;padding:8px 0 0;font-size:14px;color:var(--soft)}nav a{padding:7px 0;font-size:15px}
main{padding:26px 16px 64px}h2.group{margin-top:44px}.operation{padding:26px 0 30px}.scope{margin-left:0;flex-basis:100%}textarea,.shown input,.key input{font-size:16px}.start pre{font-size:11.5px}}
@media print{nav,.shown{display:none}body{display:block}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}`;
