// What is refused of ENTSO-E's XML.

export const ONLY_ENTSOE_XML =
  "This is XML without day-ahead prices of ENTSO-E, and no other XML can be read here. Export the prices as CSV and choose that file.";
/** `reason` is ENTSO-E's. */
export const noneFromEntsoe = (reason: string): string =>
  `ENTSO-E sent a message and no prices: “${reason}”. Ask for another area or time.`;
