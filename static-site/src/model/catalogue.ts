// The machines of the catalogue, and how identifiers in the URL refer to them.

import type { AsicsJson } from "./api-types";
import type { Machine } from "./economics";
import type { ThPerSecond, UnixMs, Watts } from "./units";
import { customMachine, type View } from "./view";

/** A machine of the catalogue, with its details. */
export type CatalogueMachine = Machine & {
  readonly vendor: string;
  readonly cooling: string;
  /** Day of release as `YYYY-MM-DD`. */
  readonly released: string | null;
  /** Where the figures are from: texts and URLs, separated by semicolons. */
  readonly source: string;
};

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

/**
 * The machines with these identifiers, in this order. Identifiers that are not in the catalogue are
 * left out.
 */
export function machinesById(
  ids: readonly string[],
  catalogue: readonly CatalogueMachine[],
  names?: View["names"],
): readonly (Machine | CatalogueMachine)[] {
  return ids.flatMap((id) => customMachine(id, names) ?? catalogue.find((machine) => machine.id === id) ?? []);
}

/** The machines of the view, with the names that the user gave to custom ones. */
export function chosenMachines(
  { asics, names }: Pick<View, "asics" | "names">,
  catalogue: readonly CatalogueMachine[],
): readonly (Machine | CatalogueMachine)[] {
  return machinesById(asics, catalogue, names);
}

/** Start of the month (UTC) in which the machine was first sold; null if that is not known. */
export function soldFrom(machine: Machine | CatalogueMachine): UnixMs | null {
  const released = "released" in machine ? machine.released : null;
  return released === null ? null : (Date.parse(released.slice(0, 7)) as UnixMs);
}

/**
 * Identifiers of the machines that are compared. Unknown ones are left out once the catalogue is
 * loaded.
 */
export function comparedIds({
  view,
  catalogue,
}: {
  readonly view: Pick<View, "asics">;
  readonly catalogue: readonly CatalogueMachine[] | null;
}): readonly string[] {
  return catalogue === null ? view.asics : machinesById(view.asics, catalogue).map(({ id }) => id);
}
