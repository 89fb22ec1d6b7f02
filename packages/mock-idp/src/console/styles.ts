/** The style sheet of the console. Colours come with those of the hosted pages; widths begin at 320 px. */
import { palette } from '../pages/theme.ts'

/** Text of the style sheet. */
export const styles: string = `${palette}
:root{--good:#146c3c;--good-ground:#e4f5ea;--info:#2a4cb5;--info-ground:#e8edfd;--warn:#8a4b00;--warn-ground:#fdf0dc;
--hue-0:#3b4fd8;--hue-1:#0b7a75;--hue-2:#a4459b;--hue-3:#b4540a;--hue-4:#54730d;--hue-5:#7a4bd0;--tint:#eceffc}
@media (prefers-color-scheme:dark){:root{--good:#86dba6;--good-ground:#15321f;--info:#aebbff;--info-ground:#222a4e;
--warn:#ffc27a;--warn-ground:#3a2a12;--hue-0:#98a6ff;--hue-1:#5fd0ca;--hue-2:#eb9ae3;--hue-3:#ffae70;--hue-4:#b5d666;
--hue-5:#c3a6ff;--tint:#242a47}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:.9375rem/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{padding:1.25rem 1rem 3rem;min-width:0}main:focus{outline:0}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;letter-spacing:-.015em;overflow-wrap:anywhere}
h1.mono,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;letter-spacing:-.02em}h1.mono{font-size:1.25rem}
h2{font-size:1.0625rem;line-height:1.35;margin:0 0 .5rem;overflow-wrap:anywhere}h3{font-size:.9375rem;margin:0 0 .5rem}
p{margin:0 0 .75rem}.soft,.away{color:var(--soft)}a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.25rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:1rem;top:-5rem;z-index:9;background:var(--accent);color:var(--on-accent);padding:.5rem 1rem;border-radius:.5rem}
.skip:focus{top:.5rem}
code,.id,.method,time{font:.875em/1.45 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
code{background:var(--code);border-radius:.3rem;padding:.1em .35em}
pre{background:var(--code);border-radius:.6rem;padding:.75rem .9rem;margin:.5rem 0 0;overflow-x:auto;max-height:28rem}
pre code{background:none;padding:0;overflow-wrap:normal}
section{margin:1.5rem 0 0}

.side{background:var(--card);border-bottom:1px solid var(--line);padding:.75rem 1rem 0}
.brand{display:flex;gap:.65rem;align-items:center;margin:0 0 .5rem;line-height:1.3}.brand svg{width:2rem;height:2rem;flex:none}.brand b{white-space:nowrap}
.brand .soft{font:.65rem ui-monospace,monospace;overflow-wrap:anywhere}
nav ul{display:flex;gap:.125rem;list-style:none;margin:0 -1rem;padding:.25rem 1rem .5rem;overflow-x:auto;scrollbar-width:thin}
nav a{display:flex;gap:.55rem;align-items:center;padding:.45rem .7rem;min-height:2.5rem;border-radius:.6rem;color:var(--ink);
text-decoration:none;white-space:nowrap}
nav a:hover{background:var(--ground)}nav svg{width:1rem;height:1rem;flex:none;fill:none;stroke:currentColor;stroke-width:1.4;
stroke-linejoin:round;stroke-linecap:round}
nav [aria-current]{background:var(--tint);color:var(--accent);font-weight:650}
.state{display:flex;flex-wrap:wrap;gap:.15rem 1.25rem;margin:0 0 .6rem;font-size:.8125rem}.state div{display:flex;gap:.4rem}
.state dt{color:var(--soft)}.state dd{margin:0}.away{display:none}
@media (min-width:60rem){body{display:grid;grid-template-columns:16.5rem minmax(0,1fr);min-height:100vh}
.side{border:0;border-right:1px solid var(--line);padding:1.25rem .9rem;position:sticky;top:0;height:100vh;display:flex;
flex-direction:column;overflow-y:auto}
.brand{margin:0 .35rem 1.5rem}nav ul{flex-direction:column;margin:0;padding:0;overflow:visible}nav a{min-height:2.25rem;padding:.35rem .7rem}
.state{flex-direction:column;gap:.6rem;margin:auto .7rem .6rem;padding-top:1rem;align-items:flex-start}.state div{flex-direction:column;gap:0}
.away{display:block;margin:0 .7rem;font-size:.8125rem}main{padding:2rem 2.25rem 4rem;max-width:82rem}}

.head,.bar{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center}.head{justify-content:space-between}
.bar{margin:.5rem 0 .75rem}.bar p{margin:0}.bar .switch{margin-left:auto}
.back{margin:0 0 .5rem;font-size:.875rem}.back a::before{content:"← "}
.card{background:var(--card);border:1px solid var(--line);border-radius:.85rem;padding:1rem 1.1rem;margin:1rem 0 0;
box-shadow:0 1px 2px rgb(20 24 50/.04)}
.card.accent{border-left:4px solid var(--accent)}.card.warn{border-left:4px solid var(--warn)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,23rem),1fr));gap:1rem;list-style:none;margin:1rem 0 0;padding:0}
.cards .card{margin:0;display:flex;flex-direction:column;min-width:0}.cards .card>.act{margin-top:auto;padding-top:.75rem}
.cards p{margin:0 0 .4rem;overflow-wrap:anywhere}
.empty{border:1px dashed var(--edge);border-radius:.85rem;padding:1.25rem;text-align:center;color:var(--soft);margin:.5rem 0 0}
dl{margin:.25rem 0 0;display:grid;grid-template-columns:minmax(5.5rem,max-content) minmax(0,1fr);gap:.3rem 1rem}
dl+p{margin-top:1rem}main dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:30rem){main dl{grid-template-columns:1fr;gap:0}main dd{margin-bottom:.4rem}}
.tag,.chip,.status{display:inline-block;font-size:.75rem;line-height:1.35;border-radius:1rem;padding:.1rem .55rem;white-space:nowrap;
border:1px solid var(--line);color:var(--soft);font-weight:400}
.status{border:0;font-weight:650;font-variant-numeric:tabular-nums;background:var(--code);color:var(--ink)}
.s2xx{background:var(--good-ground);color:var(--good)}.s3xx{background:var(--info-ground);color:var(--info)}
.s4xx{background:var(--warn-ground);color:var(--warn)}.s5xx,.snone{background:var(--bad-ground);color:var(--bad)}
.scope{display:inline-block;margin:.1rem 0}.redacted{color:var(--soft);font-style:italic}
.verdict{font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}.big{font-size:1.375rem;margin:0}.big time{font-size:1em}
.notice{border-radius:.85rem;padding:.85rem 1.1rem;margin:0 0 1.25rem;background:var(--good-ground);color:var(--ink);
border-left:4px solid var(--good);overflow-wrap:anywhere}
.notice.bad{background:var(--bad-ground);border-color:var(--bad)}.notice p:last-child{margin:0}.notice .soft{color:inherit}
.secret{font-size:1rem;background:var(--card);user-select:all}

label{display:block;font-size:.8125rem;font-weight:600;min-width:0}
input,select,textarea{display:block;width:100%;margin-top:.2rem;font:inherit;font-size:.9375rem;font-weight:400;color:inherit;background:var(--field);
border:1px solid var(--edge);border-radius:.55rem;padding:.4rem .65rem;min-height:2.5rem}
textarea{font:.875rem/1.45 ui-monospace,monospace;resize:vertical;overflow-wrap:anywhere}::placeholder{color:var(--soft);opacity:1}
button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.5rem;padding:.4rem 1rem;border:1px solid transparent;
border-radius:.55rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.small{min-height:2rem;padding:.2rem .75rem;font-size:.8125rem}
.quiet,.bad:is(button){background:var(--card);color:var(--ink);border-color:var(--edge)}.bad:is(button){color:var(--bad)}
button:hover,.button:hover{filter:brightness(1.06)}.quiet:hover,.bad:is(button):hover{filter:none;background:var(--ground)}
.filter{display:grid;grid-template-columns:1fr 1fr;gap:.6rem;align-items:end;margin:1rem 0}.filter>label:first-child{grid-column:1/-1}
@media (min-width:45rem){.filter{display:flex}.filter>label:first-child{flex:1}.filter select{width:10rem}}
.fields{display:grid;gap:.9rem;margin-top:.75rem}.fields.card{margin-top:1rem}.fields p{margin:0}.fields .hint{font-size:.8125rem;margin-top:.2rem}.fields button{justify-self:start}
@media (min-width:45rem){form.fields{grid-template-columns:repeat(3,minmax(0,1fr))}.fields .wide{grid-column:1/-1}}
.line{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;margin-top:1rem}.line label{flex:0 1 16rem}
.acts{display:flex;flex-wrap:wrap;gap:.4rem}summary{cursor:pointer;font-weight:600;padding:.15rem 0}
.switch{display:inline-flex;border:1px solid var(--edge);border-radius:.6rem;overflow:hidden;background:var(--card)}
.switch a{padding:.3rem .8rem;color:var(--ink);text-decoration:none;font-size:.8125rem;font-weight:600}
.switch a:focus-visible{outline-offset:-3px}.switch [aria-current]{background:var(--accent);color:var(--on-accent)}
.switch [aria-current]:focus-visible{outline-color:var(--on-accent)}
.live:not([hidden]){display:flex;gap:.5rem;align-items:center;font-size:.8125rem;font-weight:600}
.pulse{width:.6rem;height:.6rem;border-radius:50%;background:var(--good)}
.live[data-state=Paused] .pulse{background:transparent;border:2px solid var(--soft)}.live[data-state=Reconnecting] .pulse{background:var(--warn)}
#pause[aria-pressed=true]{background:var(--tint);border-color:var(--accent)}

.timeline{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:.85rem;overflow:hidden}
.timeline:empty{display:none}.timeline ol{list-style:none;margin:0;padding:0}
.request{display:grid;grid-template-columns:auto auto 1fr;gap:.25rem .75rem;align-items:baseline;padding:.6rem .9rem .6rem 1rem;position:relative;
border-left:4px solid transparent}
.request+.request,.login+.request,.request+.login,.login+.login{border-top:1px solid var(--line)}
.request:hover{background:var(--ground)}.request[aria-current]{background:var(--tint)}
.when{margin:0;display:flex;gap:.1rem .6rem;flex-wrap:wrap;align-items:baseline}.when time{color:var(--soft)}.request .status{justify-self:start}.request .what,.request .about{grid-column:1/-1;min-width:0}
.what a{color:inherit;text-decoration:none;font:.875rem/1.45 ui-monospace,monospace;overflow-wrap:anywhere}
.what a::after{content:"";position:absolute;inset:0}.what a:focus-visible{outline:0}
.what a:focus-visible::after{outline:3px solid var(--accent);outline-offset:-3px;border-radius:.25rem}
.request:hover .what a{text-decoration:underline}.method{font-weight:700}
.reason,.note{margin:.1rem 0 0;overflow-wrap:anywhere}.reason{color:var(--soft)}
.note{color:var(--warn);font-size:.875rem}.note::before{content:"Note: ";font-weight:600}
.about{display:flex;flex-wrap:wrap;gap:.25rem .5rem;align-items:center;margin:0;font-size:.8125rem}
.chip{position:relative;z-index:1;text-decoration:none;color:var(--hue);border-color:var(--hue)}.id{color:var(--soft);font-size:.75rem}
.fault-chip{--hue:var(--bad);white-space:normal;overflow-wrap:anywhere}.what .fault-chip{font:inherit;font-size:.75rem;color:var(--hue)}
.what .fault-chip::after{content:none}.what .fault-chip:focus-visible{outline:3px solid var(--accent)}
.hue-0{--hue:var(--hue-0)}.hue-1{--hue:var(--hue-1)}.hue-2{--hue:var(--hue-2)}.hue-3{--hue:var(--hue-3)}.hue-4{--hue:var(--hue-4)}.hue-5{--hue:var(--hue-5)}
.request[class*=hue]{border-left-color:var(--hue)}
.login-head{display:flex;flex-wrap:wrap;gap:.1rem .75rem;margin:0;padding:.6rem 1rem .5rem;background:var(--ground);border-left:4px solid var(--hue)}
.login .request{padding-left:1.5rem}.login .request+.request{border-top-style:dashed}.login .chip{display:none}
@media (min-width:60rem){.request{grid-template-columns:5.75rem 5.25rem minmax(0,1fr) 20rem}.request .what,.request .about{grid-column:auto}
.about{justify-content:flex-end}.when{flex-direction:column}}
@media (prefers-reduced-motion:no-preference){.new{animation:arrive 1.6s ease-out}@keyframes arrive{from{background:var(--tint)}}}

.rows{list-style:none;margin:.5rem 0 .75rem;padding:0}.rows>li{display:flex;flex-wrap:wrap;gap:.3rem .75rem;align-items:center;padding:.55rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.rows>li:first-child{border-top:0}.rows .end{margin-left:auto}.fault>div:first-child{flex:1 1 18rem;min-width:0}.fault p{margin:.15rem 0 0}
section>.rows:not(.card .rows){background:var(--card);border:1px solid var(--line);border-radius:.85rem;padding:.15rem 1rem}
.card>.rows:last-child{margin-bottom:0}.rows:empty{display:none}
.log,.steps,.nodes{margin:.25rem 0 0;padding-left:1.6rem}.log li,.steps li,.nodes>li{padding:.25rem 0;overflow-wrap:anywhere}.log p{margin:0}
.nodes{list-style:none;padding:0}.nodes>li+li{border-top:1px solid var(--line)}.nodes ul{margin:0;padding-left:1.25rem;color:var(--soft)}
.area>summary h2{display:inline;font-size:1rem}.area[open]>summary{margin-bottom:.6rem}
.level-error>p{color:var(--bad)}.level-warn>p{color:var(--warn)}details summary{font-size:.875rem}
.findings{list-style:none;margin:0;padding:0}.findings li{padding:.15rem 0;overflow-wrap:anywhere}.findings .good span{color:var(--good)}.findings .bad span{color:var(--bad)}
.findings span{font-weight:700}
.table{overflow-x:auto}table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{color:var(--soft);font-size:.8125rem}tr:last-child>*{border-bottom:0}.meaning{display:block;color:var(--soft);font-size:.8125rem;margin-top:.1rem}
.value{white-space:pre-wrap}

.graph{overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:.85rem;margin:1rem 0 0;padding:.5rem;text-align:center}
.graph svg{display:inline-block;max-width:none;font:13px system-ui,-apple-system,"Segoe UI",sans-serif}
.node .box{fill:var(--card);stroke:var(--edge);stroke-width:1.25}.node .mark{fill:var(--edge)}.node.screen .mark{fill:var(--hue-0)}
.node.condition .mark{fill:var(--hue-3)}.node.action .mark{fill:var(--hue-1)}.node.connector .mark{fill:var(--hue-2)}
.node.subflow .mark{fill:var(--hue-5)}.node.scriptlet .mark{fill:var(--hue-4)}
.node text{fill:var(--ink)}.node .kind{fill:var(--soft);font-size:11px}.node .title{font-weight:600}
.edge{fill:none;stroke:var(--edge);stroke-width:1.4}.edge.error{stroke-dasharray:5 4}marker path{fill:var(--edge)}
.label{fill:var(--soft);font-size:11.5px;text-anchor:middle;paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round}.label.beside{text-anchor:start}
.with-run .node:not(.visited) .box{stroke-dasharray:2 3}.with-run .node:not(.visited) text{fill:var(--soft)}
.visited .box{stroke:var(--accent);stroke-width:3;fill:var(--tint)}.edge.taken{stroke:var(--accent);stroke-width:3.5}
marker.taken path{fill:var(--accent)}.label.taken{fill:var(--ink);font-weight:600}
.badge{fill:var(--accent)}.node .visits{fill:var(--on-accent);font-size:11px;font-weight:700;text-anchor:middle}
@media (forced-colors:active){.visited .box{stroke-width:4}.status,.tag{border:1px solid}}
`
