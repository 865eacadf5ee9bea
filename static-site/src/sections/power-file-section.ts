// Where the user chooses files of power prices, by dialog or by dropping them. What reads them is
// loaded with the first file.

import { byId, setText } from "../lib/dom";
import type { ChosenPrices } from "../power-prices/power-file";
import type { Choose, Section, State } from "../state";
import { LINK_HAS_FILE, NO_READER } from "../words/files";
import type { PowerFileDialog } from "./power-file-dialog";

/** `close` forgets the files. */
export type PowerFileSection = Section & { readonly close: () => void };

/**
 * Calls `show` with the prices whenever they change; with null as long as something that must be
 * known to have them is missing.
 */
export function powerFileSection(choose: Choose, show: (prices: ChosenPrices | null) => void): PowerFileSection {
  const section = byId("sell");
  const input = byId<HTMLInputElement>("sell-file");
  let state: State | null = null;
  let dialog: PowerFileDialog | null = null;
  /** Chosen before the link's choices are known. */
  let early: readonly File[] = [];

  async function open(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    if (state === null) {
      early = files;
      return;
    }
    try {
      const { powerFileDialog } = await import("./power-file-dialog");
      dialog ??= powerFileDialog(state.view.powerFile, choose, show);
      dialog.open(files);
    } catch {
      const message = byId("sell-message");
      message.dataset.how = "failed";
      setText(message, NO_READER);
    }
  }

  input.addEventListener("change", () => void open([...(input.files ?? [])]));
  input.addEventListener("click", () => {
    input.value = ""; // So that choosing the same file again is an event too.
  });
  section.addEventListener("dragover", (event) => {
    event.preventDefault();
    section.toggleAttribute("data-dragged", true);
  });
  section.addEventListener("dragleave", () => section.removeAttribute("data-dragged"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    section.removeAttribute("data-dragged");
    const files = event.dataTransfer?.files;
    if (files === undefined || files.length === 0) return;
    input.files = files; // The field shows their names.
    void open([...files]);
  });

  return {
    show(next) {
      const { header, rate } = next.view.powerFile;
      if (state === null && (header !== "" || rate !== null)) setText(byId("sell-message"), LINK_HAS_FILE);
      state = next;
      void open(early);
      early = [];
      dialog?.show(next.view.powerFile);
    },
    close() {
      input.value = "";
      dialog?.close();
    },
  };
}
