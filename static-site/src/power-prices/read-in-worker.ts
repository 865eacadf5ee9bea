// Reads files of power prices in a worker, so that the page stays responsive.

import { NO_WORKER, WORKER_STOPPED } from "../words/reading";
import { PowerPricesError } from "./power-file";
import type { Choices, Reading } from "./reading";
import { type Reply, type Request, unpack } from "./worker-messages";

type Options = {
  /** Cancels the reading: the promise is rejected with the signal's reason. */
  readonly signal: AbortSignal;
  /** Called with the share that is read, from 0 to 1. */
  readonly progress?: (share: number) => void;
};

/** Rejects only if it is cancelled, or if the browser cannot read the files. */
export function readInWorker(
  files: readonly File[],
  choices: Choices,
  { signal, progress }: Options,
): Promise<Reading> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  let cancel = (): void => {};
  const answered = new Promise<Reading>((resolve, reject) => {
    cancel = () => reject(signal.reason);
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      if (data.kind === "progress") progress?.(data.share);
      else if (data.kind === "reading") resolve(unpack(data.reading));
      else reject(data.isSentence ? new PowerPricesError(data.message) : new Error(data.message));
    });
    // Without the details of an error, the worker's code could not be loaded.
    worker.addEventListener("error", (event) =>
      reject(new PowerPricesError(event instanceof ErrorEvent ? WORKER_STOPPED : NO_WORKER)),
    );
  });
  signal.addEventListener("abort", cancel, { once: true });
  worker.postMessage({ files, choices } satisfies Request);
  return answered.finally(() => {
    signal.removeEventListener("abort", cancel);
    worker.terminate();
  });
}
