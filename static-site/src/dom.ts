// The little that is needed to keep a page in step with its state.

/** The element of the page with this id, which index.html has. */
export function byId<Type extends Element = HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no #${id}`);
  return found as Element as Type;
}

/** The first element inside `root` that matches, which index.html has. */
export function find<Type extends Element = HTMLElement>(root: ParentNode, selector: string): Type {
  const found = root.querySelector<Type>(selector);
  if (found === null) throw new Error(`index.html has no ${selector}`);
  return found;
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A new element; an attribute that is `false` is left out, one that is `true` has no value. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** Sets the text, unless it is that already: what did not change is not announced, and a selection in it stays. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets the texts of all `[data-field="name"]` inside `root`. */
export function setFields(root: ParentNode, texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) setText(find(root, `[data-field="${name}"]`), text);
}

/** Gives a file to the reader. */
export function download(name: string, body: Blob): void {
  const url = URL.createObjectURL(body);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
