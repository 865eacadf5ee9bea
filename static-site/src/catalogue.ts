// The machines of the catalogue, and those of the reader.

import type { AsicsJson } from "./api";
import type { Machine } from "./economics";
import type { ThPerSecond, Watts } from "./units";
import { customMachine, type View } from "./view";

/** A machine of the catalogue, with what is known of it beside what it earns. */
export type CatalogueMachine = Machine & {
  readonly vendor: string;
  readonly cooling: string;
  /** Day of release as `YYYY-MM-DD`. */
  readonly released: string | null;
  /** Where the figures are from: texts and URLs, with semicolons between. */
  readonly source: string;
};

/** The catalogue of an answer. */
export function toCatalogue({ asics }: AsicsJson): readonly CatalogueMachine[] {
  return asics.map((asic) => ({
    id: asic.asic_id,
    name: asic.name,
    hashrate: asic.hashrate_ths as ThPerSecond,
    power: asic.power_w as Watts,
    vendor: asic.vendor,
    cooling: asic.cooling,
    released: asic.released,
    source: asic.source,
  }));
}

/** The machines with these identifiers, in this order; those that the catalogue does not have are left out. */
export function machinesById(ids: readonly string[], catalogue: readonly CatalogueMachine[]): readonly Machine[] {
  return ids.flatMap((id) => customMachine(id) ?? catalogue.find((machine) => machine.id === id) ?? []);
}

/** The machines that are compared: without those that nobody knows, as soon as that can be said. */
export function comparedIds({
  view,
  catalogue,
}: {
  readonly view: Pick<View, "asics">;
  readonly catalogue: readonly CatalogueMachine[] | null;
}): readonly string[] {
  return catalogue === null ? view.asics : machinesById(view.asics, catalogue).map(({ id }) => id);
}
