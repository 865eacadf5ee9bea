// What a file without times has in place of them, and what to do.

export const IN_PLACE_OF_TIMES = {
  months: "These are averages of months. Choose a file with a price for each hour.",
  noYear: "The year is missing. Export the prices with full dates, such as 2024-01-31 13:00.",
  tariff: "This may be a table of tariffs. Choose a file with a price for each hour.",
} as const;
