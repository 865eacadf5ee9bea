// Number fields of many browsers drop a decimal comma without a word: 0,071 would become 71.

/** The number with a point for its decimal sign: the last of several kinds; the others group digits. */
export function withPoint(text: string): string {
  const decimal = text.lastIndexOf(",") < text.lastIndexOf(".") ? "." : ",";
  const [first = "", ...more] = text.replaceAll(decimal === "." ? "," : ".", "").split(decimal);
  return more.length === 1 ? `${first}.${more[0]}` : [first, ...more].join("");
}

/** Lets fields for decimal numbers take a comma, typed or pasted, as a point: all browsers read that. */
export function bindDecimalComma(): void {
  document.addEventListener("beforeinput", (event) => {
    const { target, data } = event;
    if (!(target instanceof HTMLInputElement) || target.inputMode !== "decimal" || !data?.includes(",")) return;
    event.preventDefault();
    document.execCommand("insertText", false, withPoint(data)); // As typed: selection and undo are kept.
  });
}
