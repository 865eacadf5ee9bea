// Reads power prices off the page's thread.

import { PowerPricesError } from "./power-file";
import { readFiles, type SourceFile } from "./read-files";
import { pack, type Reply, type Request } from "./worker-messages";

const LEAST_STEP = 0.1; // Screen readers read each one.

addEventListener("message", ({ data }: MessageEvent<Request>) => void answer(data));

async function answer({ files, choices }: Request): Promise<void> {
  try {
    const sources: SourceFile[] = [];
    for (const file of files) sources.push({ name: file.name, bytes: await bytesOf(file) });
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
    const isSentence = error instanceof PowerPricesError;
    send({ kind: "failed", message: error instanceof Error ? error.message : String(error), isSentence });
  }
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new PowerPricesError(
      `The browser cannot open ${file.name}: it was moved or changed, or it is a folder. Choose it again.`,
    );
  }
}

function send(reply: Reply, transfer: Transferable[] = []): void {
  postMessage(reply, { transfer });
}
