// What the chart needs only after its first view: its sentences, the keyboard, and further controls.

export { bindControls, type Controls } from "./controls";
export { moveOf } from "./keyboard";
export { changeOfRange, nextChanges, period, pointInWords, profitable, range, sums } from "./sentences";
