// Helpers to update the page's elements.

/** Results are announced after this pause in typing, so that a screen reader does not read them at every letter. */
export const TYPING_PAUSE_MS = 700;

/** The element with this id; throws if the page does not have it. */
export function byId<Type extends Element = HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as Element as Type;
}

/** The first element inside `root` that matches; throws if there is none. */
export function find<Type extends Element = HTMLElement>(root: ParentNode, selector: string): Type {
  const found = root.querySelector<Type>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

/**
 * Creates an element. An attribute that is `false` is left out; one that is `true` has no value.
 */
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

/**
 * Sets the text only if it differs, so that screen readers announce changes only and a selection
 * stays.
 */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets the text of each `[data-field="name"]` inside `root`. */
export function setFields(root: ParentNode, texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) setText(find(root, `[data-field="${name}"]`), text);
}

/** Shows a number in a field, unless the user is typing in it. */
export function showNumber(input: HTMLInputElement, value: number): void {
  if (document.activeElement !== input) input.value = String(value);
}

/** Downloads a file to the user's device. */
export function download(name: string, body: Blob): void {
  const url = URL.createObjectURL(body);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
