import { type Markup, markup, Markup as RawMarkup } from './markup.ts';
import type { Report } from './report-schema.ts';

/** Inside the page only: no script, no font, no picture is fetched, now or later. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const style = `
:root{color-scheme:light}
body{font:14px/1.55 Inter,system-ui,sans-serif;color:#17202a;margin:0;background:#eef1f4}
.page{max-width:860px;margin:24px auto;background:#fff;padding:46px 54px;box-shadow:0 2px 14px #0002}
h1{font-size:25px;line-height:1.25;margin:8px 0 4px;overflow-wrap:anywhere}
h2{font-size:15px;margin:26px 0 8px;border-bottom:2px solid #17202a;padding-bottom:4px;break-after:avoid}
h3{font-size:13px;margin:16px 0 4px;break-after:avoid}
.m{color:#56636f}.small{font-size:12px}
.out{border-left:4px solid;padding:11px 15px;margin:16px 0;font-size:15px;overflow-wrap:anywhere}
.good{background:#e7f6ee;border-color:#0f8a56}.warning{background:#fdf3e3;border-color:#b45309}.bad{background:#fdeaea;border-color:#b42323}
.sim{display:inline-block;border:1px solid #b45309;color:#b45309;border-radius:4px;padding:0 7px;font-size:12px;font-weight:600}
table{border-collapse:collapse;width:100%;font-size:13px}
td,th{border-bottom:1px solid #dde3e9;padding:5px 8px;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{color:#56636f;font-weight:600;white-space:nowrap}.s{white-space:nowrap}thead{display:table-header-group}tr{break-inside:avoid}
code,pre{font:12px/1.5 "JetBrains Mono",ui-monospace,monospace;overflow-wrap:anywhere}
pre{white-space:pre-wrap;background:#f5f7f9;border:1px solid #dde3e9;border-radius:6px;padding:8px 11px;margin:4px 0}
.n{text-align:right;font-variant-numeric:tabular-nums}
.g{display:grid;grid-template-columns:repeat(4,1fr);gap:10px}
.k{border:1px solid #dde3e9;border-radius:8px;padding:8px 12px}.k b{font-size:20px;display:block}.k small{color:#56636f}
svg{display:block;width:100%;height:auto}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:12px;margin-top:6px}.legend i{display:inline-block;width:10px;height:10px;margin-right:5px}
.x{font-size:10.5px}.x td,.x th{padding:2px 5px}.x th{white-space:normal}.x thead th{min-width:46px;vertical-align:bottom}
.ok,.warn,.no{white-space:nowrap}.ok{color:#0b6b43;font-weight:600}.warn{color:#b45309;font-weight:600}.no{color:#b42323;font-weight:600}
@media print{body{background:#fff}.page{box-shadow:none;margin:0;padding:0;max-width:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
@page{margin:16mm}
`;

/** The whole document around the parts of a report. */
export function page(report: Report, body: Markup): string {
  const document = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="Berth ${report.programVersion}">
<title>${report.title}</title>
<style>${new RawMarkup(style)}</style>
</head>
<body>
<main class="page">
${badge(report)}
<h1>${report.title}</h1>
${body}
</main>
</body>
</html>
`;
  return document.text;
}

/** A simulated fleet says so before anything else. */
function badge({ fleet }: Report): Markup | null {
  if (!fleet.simulated) return null;
  const seed = fleet.seed === null ? '' : ` · seed ${fleet.seed}`;
  return markup`<span class="sim">SIMULATED FLEET · ${fleet.name}${seed}</span>`;
}

export function section(title: string, body: Markup): Markup {
  return markup`<section><h2>${title}</h2>
${body}</section>
`;
}

export interface ReportColumn {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly numeric?: boolean;
  /** Short values that read badly when they are broken, such as addresses. */
  readonly unbroken?: boolean;
}

export function htmlTable(
  columns: readonly ReportColumn[],
  rows: readonly (readonly (Markup | string)[])[],
): Markup {
  const cell = (column: ReportColumn | undefined) => {
    if (column?.numeric === true) return markup` class="n"`;
    return column?.unbroken === true ? markup` class="s"` : null;
  };
  return markup`<table><thead><tr>${columns.map(
    (column) => markup`<th scope="col"${cell(column)}>${column.title}</th>`,
  )}</tr></thead><tbody>
${rows.map(
  (row) =>
    markup`<tr>${row.map((value, index) => markup`<td${cell(columns[index])}>${value}</td>`)}</tr>
`,
)}</tbody></table>
`;
}

export function code(text: string): Markup {
  return markup`<code>${text}</code>`;
}

/** Lines to copy to a shell. */
export function commandBlock(lines: readonly string[]): Markup {
  return markup`<pre>${lines.map(
    (line) => markup`${line}
`,
  )}</pre>
`;
}

/** Told wherever a virtual subsystem shows. */
export const proposalNote = markup`<p class="m small">The virtual subsystem is a proposal for the NVMe specification; it is not part of the ratified NVM Express Base Specification.</p>
`;
