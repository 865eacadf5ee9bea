// Vite's import of a file as text.
declare module "*.html?raw" {
  const html: string;
  export default html;
}
