// Shows which settings of the link cannot be used. Loaded only if the link has settings.

import { byId, setText } from "../lib/dom";
import { customMachine } from "../model/view";
import type { Section, State } from "../state";
import * as words from "../words/link";

export function linkProblems(): Section {
  const message = byId("link-problems");
  return {
    show(state) {
      const text = [words.unknownMiners(unknownMachines(state)), words.unusable(state.refused)].join(" ").trim();
      setText(message, text);
      message.hidden = text === "";
    },
  };
}

function unknownMachines({ view, catalogue }: State): readonly string[] {
  if (catalogue === null) return [];
  return view.asics.filter((id) => customMachine(id) === null && !catalogue.some((machine) => machine.id === id));
}
