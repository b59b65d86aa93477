/**
 * Runs `open`, in which a library makes `<style>` elements. The content security policy of the page refuses the text of
 * such an element, and rightly so; style sheets that the program's own script constructs are none of its concern. So
 * each becomes one: an element without an effect, whose text goes into a constructed sheet until it is removed.
 */
export function allowStyles<T>(open: () => T): T {
  const { createElement } = document;
  const make = (name: string, options?: ElementCreationOptions) =>
    name === 'style' ? sheetElement() : createElement.call(document, name, options);
  document.createElement = make as typeof document.createElement;
  try {
    return open();
  } finally {
    // The document has it from its prototype.
    Reflect.deleteProperty(document, 'createElement');
  }
}

function sheetElement(): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const element = Document.prototype.createElement.call(document, 'template');
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}
