// Serves a Function URL of LocalStack on a local port:
//   node proxy.mjs HOST LOCALSTACK_PORT PORT
// HOST is the host name of the Function URL, which only a name server on the internet can resolve. The
// proxy forwards method, path, query, headers and bodies unchanged, but removes Origin: LocalStack
// rejects every origin except its own, even if the function allows it, and browsers send Origin even
// for the page's own script.
import http from "node:http";

const [host, gateway, port] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });

const server = http.createServer((request, response) => {
  const { origin: _, ...headers } = { ...request.headers, host };
  const options = { agent, host: "127.0.0.1", port: gateway, method: request.method, path: request.url, headers };
  const upstream = http.request(options, (result) => {
    response.writeHead(result.statusCode, result.statusMessage, result.rawHeaders);
    result.pipe(response);
  });
  upstream.on("error", (error) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "text/plain" }).end(`LocalStack does not respond: ${error.message}\n`);
  });
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
});
server.on("error", (error) => {
  console.error(`proxy: ${error.message}`);
  process.exit(1);
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/ serves ${host}`));
