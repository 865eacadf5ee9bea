// Number fields of many browsers drop a decimal comma without a word: 0,071 would become 71.

/**
 * The number with a decimal point. If a text has commas and points, the last one is the decimal sign, and the others
 * group digits; so do several of one kind.
 */
export function withPoint(text: string): string {
  const decimal = text.lastIndexOf(",") < text.lastIndexOf(".") ? "." : ",";
  const [first = "", ...more] = text.replaceAll(decimal === "." ? "," : ".", "").split(decimal);
  return more.length === 1 ? `${first}.${more[0]}` : [first, ...more].join("");
}

/** Makes a decimal comma that is typed or pasted into a number field a point, which all browsers read. */
export function bindDecimalComma(): void {
  document.addEventListener("beforeinput", (event) => {
    const { target, data } = event;
    if (!(target instanceof HTMLInputElement) || target.inputMode !== "decimal" || !data?.includes(",")) return;
    event.preventDefault();
    document.execCommand("insertText", false, withPoint(data)); // As typed: selection and undo are kept.
  });
}
