// Loads the code that few tables need when the first of these is read.

type Uncommon = typeof import("./uncommon");

let loaded: Uncommon | null = null;

class NotLoaded extends Error {}

/** Throws if it is not loaded yet: `whenLoaded` then loads it and reads the table again. */
export function uncommon(): Uncommon {
  if (loaded === null) throw new NotLoaded("The code for uncommon tables is not loaded.");
  return loaded;
}

export async function loadUncommon(): Promise<void> {
  loaded = await import("./uncommon");
}

/** Calls `read`, and once more if that needs code which is not loaded yet. */
export async function whenLoaded<Result>(read: () => Result): Promise<Result> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NotLoaded)) throw error;
  }
  await loadUncommon();
  return read();
}
