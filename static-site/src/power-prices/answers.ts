// Collects how each choice was found, and what must be asked.

import { type Ask, type Choice, type ChoiceKey, noChoices } from "./reading";

export class Answers {
  readonly choices: Record<ChoiceKey, Choice> = noChoices();
  readonly asks: Ask[] = [];

  ask(key: ChoiceKey, question: string, options: readonly string[]): void {
    this.asks.push({ key, question, options });
    this.choices[key] = { value: null, found: "needed", options };
  }

  /** `chosen` is what the user chose, if anything. */
  say(
    key: ChoiceKey,
    value: string | null,
    chosen: string | undefined,
    isSure: boolean,
    options: readonly string[],
  ): void {
    const found = chosen !== undefined ? "chosen" : isSure ? "recognised" : "assumed";
    this.choices[key] = { value, found, options };
  }

  /** Whether a value is only likely. */
  isAssumed(key: ChoiceKey): boolean {
    return this.choices[key].found === "assumed";
  }
}
