// What the page says of a link that it cannot show whole.

export const unknownMiners = (ids: readonly string[]) =>
  ids.length === 0 ? "" : `This link has miners that the catalogue does not have: ${ids.join(", ")}.`;
/** `said` is what a link says: "power=abc". */
export const unusable = (said: readonly string[]) =>
  said.length === 0
    ? ""
    : `This link has values that cannot be used, and are left out: ${said.map((text) => text.slice(0, 60)).join(", ")}.${HINTS.map(([name, hint]) => (said.some((text) => text.startsWith(name)) ? ` ${hint}` : "")).join("")}`;
const HINTS = [
  ["overhead=", "4 % overhead is overhead=0.04."],
  ["pool_fee=", "A pool fee of 3 % is fee=3."],
  ["power_price=", "50 USD/MWh is power=50."],
] as const;
