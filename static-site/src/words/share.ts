// What the Share dialog says.

export const TITLE = "Share this view";
export const LINK = "Link";
export const FILE_NOT_IN_LINK = "Your file of power prices is not in the link: send it too.";
export const CODE = "Code";
export const EMBED = "For your website";
export const EMBED_KINDS = { chart: "the chart", tiles: "the tiles" } as const;
export const EMBED_HELP = "How to embed";
export const copyName = (what: string) => `Copy ${what.toLowerCase()}`;
export const copied = (what: string) => `${what} copied.`;
export const notCopied = (what: string) =>
  `${what} not copied: the browser does not allow it. It is selected: copy it with Ctrl+C, ⌘C or the menu.`;
export const IMAGE = "Chart as image";
export const CSV = "Chart as CSV";
export const CLOSE = "Close";
export const FRAME_TITLE = "hashlake: Bitcoin mining revenue per MWh";
