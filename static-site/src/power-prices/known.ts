// What is known of a table before its rows are read.

import type { Column } from "./column-profile";
import type { TableHeader } from "./header-rows";
import type { Market } from "./markets/market";
import type { PeriodLabels } from "./period-labels";
import type { Choices } from "./reading";
import type { Row, Table } from "./table";
import type { TimePlan } from "./time-plan";

export type Known = {
  readonly table: Table;
  readonly header: TableHeader;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly sample: readonly Row[];
  readonly market: Market | null;
  readonly time: TimePlan;
  /** A column that names the hours of the day, or places. */
  readonly unclearPeriods: PeriodLabels | null;
  readonly choices: Choices;
};
