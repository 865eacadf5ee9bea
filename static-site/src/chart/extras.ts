// What the chart needs only after its first view: its sentences, the keyboard, and controls of its range.

export { moveOf } from "./keyboard";
export { bindRangeForm } from "./range-form";
export { nextChanges, pointInWords, profitable, range, sums } from "./sentences";
export { bindZoomButtons } from "./zoom-buttons";
