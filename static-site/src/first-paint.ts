// Holds the first paint until the data arrive that are on their way: painting without them first takes time.

const { dataset } = document.documentElement;

/** Unless something is painted already, or the browser scrolls to a part of the page, as after a reload. */
export function holdFirstPaint(): void {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const isPainted = 0 < performance.getEntriesByType("paint").length;
  if (!isPainted && navigation?.type === "navigate" && location.hash === "") dataset.held = "";
}

export function releaseFirstPaint(): void {
  delete dataset.held;
}
