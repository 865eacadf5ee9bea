// A file as the user gives it.

export type SourceFile = { readonly name: string; readonly bytes: Uint8Array };
