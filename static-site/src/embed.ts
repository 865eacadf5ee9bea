// The page in an iframe of another page.

/**
 * Posts `{ hashlakeHeight }`, the height of the content in CSS pixels, to the page around the iframe, whenever it
 * changes. Any page may read it: it contains nothing but that number.
 */
export function postHeight(): void {
  let posted = 0;
  const post = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height !== posted) parent.postMessage({ hashlakeHeight: height }, "*");
    posted = height;
  };
  new ResizeObserver(post).observe(document.body);
}
