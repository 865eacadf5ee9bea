// What is refused of several prices at one time.

export const twoPrices = (line: number, other: number, advice: string): string =>
  `Line ${other} has the same time as line ${line} and another price, and no column says why. ${advice}`;
export const TWELVE_HOURS =
  "The times of day run from 1:00 to 12:59, without AM or PM. Export them with hours from 0 to 23.";
export const ADD_TIME_OF_DAY = "Export the prices with the time of day.";
export const NOT_TRADES =
  "This is a list of trades. Export one price for each time, such as the average of its trades.";
export const ONE_PLACE = "Export the prices of one place only.";
export const OR_SUMMER_TIME =
  "If this is the hour that autumn repeats, choose a time zone with summer time. If not, export the prices of one place only.";
