import { expect, it } from 'vitest';
import { parseReport } from './report-document.ts';

function shown(html: string): HTMLElement {
  const holder = document.createElement('div');
  holder.append(parseReport(html).content);
  return holder;
}

it('takes the styles out and maps the page to the host of the preview', () => {
  const { styles } = parseReport('<style>:root{color:red}\nbody{margin:0}.body{x:y}</style><p>text</p>');
  expect(styles).toBe(':host{color:red}\n:host{margin:0}.body{x:y}');
});

it('keeps the content, with inline styles as properties', () => {
  const holder = shown(
    '<main class="page"><i style="background:#4c8dd6;width:3px"></i><b>a &lt; b</b></main>',
  );
  expect(holder.querySelector('i')?.style.width).toBe('3px');
  expect(holder.querySelector('[data-inline]')).toBeNull();
  expect(holder.textContent).toBe('a < b');
});

it('lets nothing through that runs or loads', () => {
  const holder = shown(
    '<p onclick="x()">a</p><script>x()</script><div><img src="http://x"><iframe src="y"></iframe><a href="javascript:x()">b</a></div>',
  );
  expect(holder.innerHTML).toBe('<p>a</p><div><a>b</a></div>');
});
