// All that the page shows follows from this.

import type { ApiError, StatusJson, SummaryJson } from "./api";
import type { CatalogueMachine } from "./catalogue";
import type { TimedBlock } from "./difficulty";
import type { Series } from "./series";
import type { UnixMs } from "./units";
import type { View } from "./view";

/** What is known; null where it has not been heard yet. */
export type State = {
  readonly view: View;
  readonly catalogue: readonly CatalogueMachine[] | null;
  readonly summary: SummaryJson | null;
  readonly status: StatusJson | null;
  /** When summary and status last came, by this device's clock. */
  readonly refreshedAt: UnixMs | null;
  /** First block at the newest one's difficulty; null also where the lake does not have it. */
  readonly epochStart: TimedBlock | null;
  readonly series: Series | null;
  /** Whether the series is not yet the one that the view asks for. */
  readonly seriesIsLoading: boolean;
  /** Why the newest requests failed. */
  readonly lastError: ApiError | null;
};

/** What the reader chose anew. */
export type Choose = (choice: Partial<View>) => void;

/** A part of the page, that keeps in step with the state. */
export type Section = { readonly show: (state: State) => void };
