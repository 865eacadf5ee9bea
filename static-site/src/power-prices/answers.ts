// Collects how each choice was found, and what must be asked.

import { notPossible, notUsed } from "../words/reader";
import { type Ask, type Choice, type ChoiceKey, noChoices } from "./reading";

export class Answers {
  readonly choices: Record<ChoiceKey, Choice> = noChoices();
  readonly asks: Ask[] = [];
  /** What the user chose, and why it changes nothing. */
  readonly notes: string[] = [];

  ask(key: ChoiceKey, question: string, options: readonly string[]): void {
    this.asks.push({ key, question, options });
    this.choices[key] = { value: null, found: "needed", options };
  }

  /** Asks again, because the file has nothing like what the user chose. */
  refuse(key: ChoiceKey, chosen: string, options: readonly string[]): void {
    this.ask(key, notPossible(key, chosen, options), options);
  }

  /** Says that a choice is not needed. */
  ignore(key: ChoiceKey, chosen: string, why: string): void {
    this.notes.push(notUsed(key, chosen, why));
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

  /** The same as `say`, but refuses what the user chose if it is not one of the options. */
  sayOneOf(
    key: ChoiceKey,
    value: string,
    chosen: string | undefined,
    isSure: boolean,
    options: readonly string[],
  ): void {
    if (chosen !== undefined && optionNamed(chosen, options) === undefined) this.refuse(key, chosen, options);
    else this.say(key, value, chosen, isSure, options);
  }

  /** Whether a value is only likely. */
  isAssumed(key: ChoiceKey): boolean {
    return this.choices[key].found === "assumed";
  }
}

/** The option that a text names, in small or capital letters. */
export const optionNamed = <Option extends string>(
  text: string | undefined,
  options: readonly Option[],
): Option | undefined => options.find((option) => option.toLowerCase() === text?.trim().toLowerCase());
