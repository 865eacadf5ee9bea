// Shows a Function URL of LocalStack on a port of this machine: `node proxy.mjs <its host name> <LocalStack's port> <port>`.
// That host name needs a name server that knows it, which is out of reach without a network. Method,
// path, query, headers and bodies pass as they are, but for Origin: LocalStack refuses every origin but its own, whatever
// the function says, and browsers name one even for the page's own script.
import http from "node:http";

const [host, gateway, port] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });

const server = http.createServer((asked, answer) => {
  const { origin: _, ...headers } = { ...asked.headers, host };
  const passed = http.request({ agent, host: "127.0.0.1", port: gateway, method: asked.method, path: asked.url, headers }, (got) => {
    answer.writeHead(got.statusCode, got.statusMessage, got.rawHeaders);
    got.pipe(answer);
  });
  passed.on("error", (error) => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502, { "content-type": "text/plain" }).end(`LocalStack does not answer: ${error.message}\n`);
  });
  answer.on("close", () => passed.destroy());
  asked.pipe(passed);
});
server.on("error", (error) => {
  console.error(`proxy: ${error.message}`);
  process.exit(1);
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/ shows ${host}`));
