/** A report's HTML taken apart so that it can be shown inside the window under its strict content security policy. */
export interface ReportDocument {
  readonly styles: string;
  readonly content: DocumentFragment;
}

/** Whatever loads, runs, or would reach out of the report. */
const forbidden = 'script, style, link, meta, base, iframe, object, embed, form, img, video, audio';

/**
 * Parses the exported HTML. Its style element becomes the text for a constructed style sheet and inline styles are set
 * one property at a time, because the window allows neither. Nothing that could load or run survives, although the
 * exporter writes no such thing: what is shown here came from files and devices.
 */
export function parseReport(html: string): ReportDocument {
  const sheets: string[] = [];
  // Taken out of the text: even a document that is never shown would report its inline styles as violations.
  const text = html
    .replace(/<style>([\s\S]*?)<\/style>/gi, (_all, sheet: string) => {
      sheets.push(sheet);
      return '';
    })
    .replace(/(<[a-z][^<>]*?\s)style=/gi, '$1data-inline=')
    // The window has its own main landmark, and only one may be.
    .replace(/<(\/?)main\b/gi, '<$1div');
  const parsed = new DOMParser().parseFromString(text, 'text/html');
  const styles = sheets.join('\n').replace(/(^|[\s,}])(?:body|:root)(?=[\s{,])/g, '$1:host');
  for (const element of parsed.querySelectorAll(forbidden)) element.remove();
  const content = document.createDocumentFragment();
  for (const element of [...parsed.body.children]) {
    for (const one of [element, ...element.querySelectorAll('*')]) clean(one);
    content.append(document.importNode(element, true));
  }
  for (const element of content.querySelectorAll('[data-inline]')) applyInline(element);
  return { styles, content };
}

/** Handlers, styles and addresses: the content security policy would report each one. */
function clean(element: Element): void {
  for (const { name } of [...element.attributes]) {
    if (name === 'style' || name.startsWith('on') || name === 'href' || name === 'src')
      element.removeAttribute(name);
  }
}

function applyInline(element: Element): void {
  const text = element.getAttribute('data-inline') ?? '';
  element.removeAttribute('data-inline');
  if (!(element instanceof HTMLElement || element instanceof SVGElement)) return;
  for (const declaration of text.split(';')) {
    const colon = declaration.indexOf(':');
    if (colon > 0) {
      element.style.setProperty(declaration.slice(0, colon).trim(), declaration.slice(colon + 1).trim());
    }
  }
}
