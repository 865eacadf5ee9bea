// The state of the page: everything shown is derived from it.

import type { ApiError } from "./lib/api";
import type { DifficultyJson, StatusJson, StrikeJson, SummaryJson } from "./model/api-types";
import type { CatalogueMachine } from "./model/catalogue";
import type { Series } from "./model/series";
import type { UnixMs } from "./model/units";
import type { View } from "./model/view";

/** Null fields are not loaded yet. */
export type State = {
  readonly view: View;
  /** Parameters of the link that cannot be used, such as `power=abc`; empty once the user chooses something. */
  readonly refused: readonly string[];
  readonly catalogue: readonly CatalogueMachine[] | null;
  readonly summary: SummaryJson | null;
  readonly status: StatusJson | null;
  /** When summary and status were last loaded, by this device's clock. */
  readonly refreshedAt: UnixMs | null;
  readonly difficulty: DifficultyJson | null;
  readonly strike: StrikeJson | null;
  readonly series: Series | null;
  /** The range of `series`. It is not the view's while the view's is loading, or cannot be loaded. */
  readonly seriesRange: View["range"] | null;
  /** When the data start; loaded only once there are none for a period. */
  readonly dataStart: UnixMs | null;
  /** Whether the series that the view needs is still loading. */
  readonly seriesIsLoading: boolean;
  /** Why the latest requests failed; null if they succeeded. */
  readonly lastError: ApiError | null;
};

/** Whether there is nothing to show, and not only because the first request is still under way. */
export function isWithoutData({ summary, lastError }: State): boolean {
  return summary === null && lastError !== null;
}

/** Applies a change that the user made to the view. */
export type Choose = (choice: Partial<View>) => void;

/** A part of the page. `show` updates it to the state. */
export type Section = { readonly show: (state: State) => void };
