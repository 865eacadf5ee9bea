// What the charts of the network call their lines.

/** The network's lines, by their names in files. */
export const LINE_NAMES = {
  hashprice_144: "24-h average fees (144 blocks)",
  hashprice: "Per block",
  hashrate: "Network hash rate",
  difficulty: "Difficulty",
  fees: "Fees per block",
  blocktime: "Time between blocks",
} as const;
