// What the page says if it cannot use all of a link.

export const unknownMiners = (ids: readonly string[]) =>
  ids.length === 0 ? "" : `This link has miners that the catalogue does not have: ${ids.join(", ")}.`;
/** `said` are settings as in the link: "power=abc". */
export const unusable = (said: readonly string[]) => {
  if (said.length === 0) return "";
  const values = said.map((text) => text.slice(0, 60)).join(", ");
  const hints = HINTS.filter(([name]) => said.some((text) => text.startsWith(name))).map(([, hint]) => hint);
  return [`This link has values that cannot be used, and are left out: ${values}.`, ...hints].join(" ");
};
const HINTS = [
  ["overhead=", "4 % overhead is overhead=0.04."],
  ["pool_fee=", "A pool fee of 3 % is fee=3."],
  ["power_price=", "50 USD/MWh is power=50."],
] as const;
