// Time zones as files name them: in headers, in a column, or after the time.

import { HOUR_MS, MINUTE_MS } from "../model/units";

const HEADER_ZONES: readonly (readonly [RegExp, string])[] = [
  [/\bCES?T\b|\bME[S]?Z\b/, "Europe/Paris"],
  [/Central Europe(an)?( standard| summer)? time/i, "Europe/Paris"],
  [/\bEES?T\b/, "Europe/Helsinki"],
  [/Eastern European( standard| summer)? time/i, "Europe/Helsinki"],
  [/\bWES?T\b/, "Europe/Lisbon"],
  [/Australian Eastern standard/i, "UTC+10:00"],
  [/Australian Central standard/i, "UTC+09:30"],
  [/Australian Western standard/i, "UTC+08:00"],
  [/\(ET\)|(?<![a-z])E[DP]T(?![a-z])/i, "America/New_York"],
  [/\(CT\)|(?<![a-z])C[DP]T(?![a-z])/i, "America/Chicago"],
  [/\(MT\)|(?<![a-z])M[DP]T(?![a-z])/i, "America/Denver"],
  [/\(PT\)|(?<![a-z])P[DP]T(?![a-z])/i, "America/Los_Angeles"],
  // Without daylight saving time, as MISO and Ontario use it.
  [/(?<![a-z])EST(?![a-z])/i, "UTC-05:00"],
  [/(?<![a-z])CST(?![a-z])/i, "UTC-06:00"],
  [/(?<![a-z])MST(?![a-z])/i, "UTC-07:00"],
  [/(?<![a-z])PST(?![a-z])/i, "UTC-08:00"],
  [/\bAEST\b/, "UTC+10:00"],
  [/\bNZ[DS]?T\b/, "Pacific/Auckland"],
  [/\bJST\b/, "Asia/Tokyo"],
  [/\bKST\b/, "Asia/Seoul"],
  [/\bSGT\b/, "Asia/Singapore"],
  [/\bBRT\b/, "America/Sao_Paulo"],
  [/\bTRT\b/, "Europe/Istanbul"],
  [/\b(BST|UK time)\b/, "Europe/London"],
];
/** Words that name a zone of America unless another region is named beside them. */
const AMERICAN_ZONES: readonly (readonly [RegExp, string])[] = [
  [/Eastern standard/i, "UTC-05:00"],
  [/Central standard/i, "UTC-06:00"],
  [/Mountain standard/i, "UTC-07:00"],
  [/Pacific standard/i, "UTC-08:00"],
  [/Eastern/i, "America/New_York"],
  [/Central/i, "America/Chicago"],
  [/Mountain/i, "America/Denver"],
  [/Pacific/i, "America/Los_Angeles"],
];
const OTHER_REGION =
  /euro|afric|asia|austral|bra[sz]il|indones|kazakh|greenland|argentin|chile|mexic|(central|south|latin) america|\b(aus|sa|middle)\b/i;
/** In summer too: "CET, no DST". */
const WITHOUT_SUMMER = /\b(no|without|ohne) (DST|summer|daylight|sommer)|all year|year[- ]round|ganzj/i;
const WINTER = /winter/i;
const SUMMER = /summer|sommer|\b(CEST|MESZ|EEST|WEST)\b/i;
const STANDARD = /\b(CET|MEZ|EET|WET|[ECMP]ST)\b/i;
const BRITISH = /\bGMT ?[/|-] ?BST\b|\bBST ?[/|-] ?GMT\b/i;
const IANA = /\b(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[A-Za-z_]+(\/[A-Za-z_]+)?/;
const FIXED = /(?:UTC|GMT)[\s(]*([+-])\s?(\d{1,2})(?::?(\d{2}))?(?!\d)/i;
/** What may precede UTC, or follow it, in the header of times in UTC. */
const BEFORE_UTC = /\b(not?|non|nicht|local|lokale?|offset|behind|ahead|minus|plus|converted)\b/i;
const AFTER_UTC =
  /^(?:[^\p{L}\d+]|UTC|GMT|time|date|stamp|zone|zeit|hours?|hrs?|start|end|beg[ia]n|n?ing|from|to|von|bis|inter|val|period|delivery|day|mtu|of|at|the|iso|8601|[ymdhsz0]|\+0)*$/iu;
/** Texts longer than this are not read to their ends. */
const MAX_BESIDE = 80;

const ABBREVIATIONS: Readonly<Record<string, number>> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  CEST: 2,
  MEZ: 1,
  MESZ: 2,
  EET: 2,
  EEST: 3,
  TRT: 3,
  MSK: 3,
  SGT: 8,
  AWST: 8,
  JST: 9,
  KST: 9,
  AEST: 10,
  AEDT: 11,
  NZST: 12,
  NZDT: 13,
  ADT: -3,
  AST: -4,
  EDT: -4,
  EST: -5,
  CDT: -5,
  CST: -6,
  MDT: -6,
  MST: -7,
  PDT: -7,
  PST: -8,
};

/** Zones without an offset of their own: "EPT" is Eastern prevailing time, summer and winter. */
const PREVAILING: Readonly<Record<string, string>> = {
  ET: "America/New_York",
  EPT: "America/New_York",
  CT: "America/Chicago",
  CPT: "America/Chicago",
  MT: "America/Denver",
  MPT: "America/Denver",
  PT: "America/Los_Angeles",
  PPT: "America/Los_Angeles",
};

/** Time zones to choose from: the markets' own. Any other IANA name is accepted too. */
export const ZONES: readonly string[] = [
  "UTC",
  "America/Chicago",
  "America/New_York",
  "America/Denver",
  "America/Los_Angeles",
  "America/Phoenix",
  "UTC-05:00",
  "America/Toronto",
  "America/Edmonton",
  "America/Mexico_City",
  "America/Sao_Paulo",
  "America/Santiago",
  "America/Bogota",
  "America/Argentina/Buenos_Aires",
  "Europe/London",
  "Europe/Lisbon",
  "Europe/Paris",
  "Europe/Berlin",
  "Europe/Madrid",
  "Europe/Oslo",
  "Europe/Stockholm",
  "Europe/Helsinki",
  "Europe/Athens",
  "Europe/Istanbul",
  "Africa/Johannesburg",
  "Asia/Kolkata",
  "Asia/Singapore",
  "Asia/Manila",
  "Asia/Seoul",
  "Asia/Tokyo",
  "Australia/Perth",
  "UTC+10:00",
  "Australia/Sydney",
  "Pacific/Auckland",
];

/** The time zone that a header or title names; null if it names none. */
export function zoneIn(written: string): string | null {
  const text = withMinus(written);
  const iana = IANA.exec(text)?.[0];
  if (iana !== undefined && isZone(iana)) return iana;
  if (BRITISH.test(text)) return "Europe/London";
  const fixed = FIXED.exec(text);
  const utc = fixed ?? /UTC|GMT/i.exec(text);
  if (utc !== null) {
    const isClear =
      AFTER_UTC.test(text.slice(utc.index + utc[0].length, utc.index + MAX_BESIDE)) &&
      (fixed !== null || !BEFORE_UTC.test(text.slice(0, utc.index)));
    if (!isClear) return null;
    return fixed === null ? "UTC" : fixedZone(fixed[1] === "-" ? -1 : 1, Number(fixed[2]), Number(fixed[3] ?? 0));
  }
  if (WITHOUT_SUMMER.test(text) || (WINTER.test(text) && !SUMMER.test(text))) {
    const offset = abbreviationOffset(STANDARD.exec(text)?.[0] ?? "");
    return offset === null ? null : zoneOfOffset(offset);
  }
  const zones = OTHER_REGION.test(text) ? HEADER_ZONES : [...HEADER_ZONES, ...AMERICAN_ZONES];
  return zones.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** With a hyphen for each of the signs that stand for a minus: "UTC−5", "UTC–5". */
export const withMinus = (text: string): string => text.replace(/[−–—‒]/g, "-");

/** A zone as a user or a column writes it: a name, "EST", "UTC+1", "+01:00". Null if unknown. */
export function zoneNamed(text: string): string | null {
  const name = withMinus(text).trim();
  if (name === "") return null;
  const offset = abbreviationOffset(name);
  if (PREVAILING[name.toUpperCase()] !== undefined) return PREVAILING[name.toUpperCase()] ?? null;
  if (name.toUpperCase() === "CET") return "Europe/Paris";
  if (offset !== null) return offset === 0 ? "UTC" : zoneOfOffset(offset);
  const fixed = /^(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name);
  if (fixed !== null) return fixedZone(fixed[1] === "-" ? -1 : 1, Number(fixed[2]), Number(fixed[3] ?? 0));
  // Browsers know "IST" as India's; it is Israel's and Ireland's too.
  return name.length > 3 && isZone(name) ? name : null;
}

const AMERICAN_ZONE = /^(America\/(New_York|Chicago|Denver|Los_Angeles)|UTC-0[3-8]:00)$/;

/**
 * Whether a zone that a text names by an abbreviation is in use where a currency is: "CST" is also
 * China's, and "BST" Bangladesh's.
 */
export function fitsCurrency(text: string, zone: string | null, currency: string): boolean {
  if (zone === null || /UTC|GMT|\d|\//i.test(text)) return true;
  if (AMERICAN_ZONE.test(zone)) return ["USD", "CAD", "MXN"].includes(currency);
  return !/\bBST\b/.test(text) || ["GBP", "EUR"].includes(currency);
}

/** A zone as a user writes it, such as "Central", which may be a region in a column. */
export const zoneTyped = (text: string): string | null => zoneNamed(text) ?? zoneIn(text);

/** Milliseconds that a zone's abbreviation is ahead of UTC; null if it is not one. */
export function abbreviationOffset(text: string): number | null {
  const hours = ABBREVIATIONS[text.toUpperCase()];
  return hours === undefined ? null : hours * HOUR_MS;
}

/** The zone of "EPT" and the like; null if the text is not one. */
export const prevailingZone = (text: string): string | null => PREVAILING[text.toUpperCase()] ?? null;

/** How far a fixed zone such as "UTC+10:00" is ahead of UTC; null for zones by name. */
export function fixedOffset(zone: string): number | null {
  if (zone === "UTC") return 0;
  const parts = /^UTC([+-])(\d{2}):(\d{2})$/.exec(zone);
  if (parts === null) return null;
  const ahead = Number(parts[2]) * HOUR_MS + Number(parts[3]) * MINUTE_MS;
  return parts[1] === "-" ? -ahead : ahead;
}

function fixedZone(sign: number, hours: number, minutes: number): string | null {
  return hours > 14 || minutes > 59 ? null : zoneOfOffset(sign * (hours * HOUR_MS + minutes * MINUTE_MS));
}

/** The fixed zone that is so many milliseconds ahead of UTC. */
export function zoneOfOffset(offset: number): string {
  if (offset === 0) return "UTC";
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const ahead = Math.abs(offset);
  return `UTC${offset < 0 ? "-" : "+"}${two(ahead / HOUR_MS)}:${two((ahead % HOUR_MS) / MINUTE_MS)}`;
}

/** The zones with summer time that have these offsets in winter. */
export const AMERICAN_SUMMER: Readonly<Record<string, string>> = {
  "UTC-05:00": "America/New_York",
  "UTC-06:00": "America/Chicago",
  "UTC-07:00": "America/Denver",
  "UTC-08:00": "America/Los_Angeles",
};

export function isZone(name: string): boolean {
  if (fixedOffset(name) !== null) return true;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
