// Reads power prices off the page's thread.

import { readFiles, type SourceFile } from "./read-files";
import { pack, type Reply, type Request } from "./worker-messages";

const LEAST_STEP = 0.1; // Screen readers read each one.

addEventListener("message", ({ data }: MessageEvent<Request>) => void answer(data));

async function answer({ files, choices }: Request): Promise<void> {
  try {
    const sources: SourceFile[] = [];
    for (const file of files) sources.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    let told = 0;
    const reading = await readFiles(sources, choices, (share) => {
      if (share < told + LEAST_STEP) return;
      told = share;
      send({ kind: "progress", share });
    });
    const packed = pack(reading);
    send(
      { kind: "reading", reading: packed },
      packed.series.map(({ numbers }) => numbers.buffer),
    );
  } catch (error) {
    send({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}

function send(reply: Reply, transfer: Transferable[] = []): void {
  postMessage(reply, { transfer });
}
